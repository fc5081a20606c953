// What the pool computes without a server: which options make sense, which SQLSTATEs end a session, when a
// ping is late, when a session is too old, how to connect.
#include "pqpool_owner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_options_are_checked(void **state)
{
    static const struct {
        struct pqpool_options options;
        const char *says;
    } cases[] = {
        {{.size = 1}, "needs a conninfo"},
        {{.conninfo = ""}, "size of at least 1"},
        {{.conninfo = "", .size = PQPOOL_MOST + 1}, "at most 100000"},
        {{.conninfo = "", .size = 1, .overflow = PQPOOL_MOST + 1}, "at most 100000"},
        {{.conninfo = "", .size = 1, .minimum = 2}, "the minimum is more than the size"},
        {{.conninfo = "", .size = 1, .ping_timeout_ms = -1}, "negative"},
        {{.conninfo = "", .size = 1, .connect_timeout_ms = -1}, "negative"},
        {{.conninfo = "", .size = 1, .checkout_timeout_ms = -1}, "negative"},
        {{.conninfo = "", .size = 1, .reset_timeout_ms = -1}, "negative"},
        {{.conninfo = "", .size = 1, .ping_idle_ms = -1}, "negative"},
        {{.conninfo = "", .size = 1, .background_ping_ms = -1}, "negative"},
        {{.conninfo = "", .size = 1, .max_age_ms = -1}, "negative"},
        {{.conninfo = "", .size = 1, .keepalive_idle_s = -1}, "negative"},
        {{.conninfo = "", .size = 1, .keepalive_interval_s = -1}, "negative"},
        {{.conninfo = "", .size = 1, .keepalive_count = -1}, "negative"},
        {{.conninfo = "", .size = 1, .tcp_user_timeout_ms = -1}, "negative"},
        {{.conninfo = "", .size = 1, .background_ping_ms = 1000}, "need a ping_timeout_ms"},
        {{.conninfo = "colour=blue", .size = 1}, "invalid connection option \"colour\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_error error = {0};
        assert_null(pqpool_new(&cases[i].options, &error));
        assert_int_equal(error.failure, PQPOOL_FAILURE_USAGE);
        assert_non_null(strstr(error.text, cases[i].says));
        assert_null(strchr(error.text, '\n'));
    }
}

static void test_names_are_complete(void **state)
{
    (void)state;
    for (int i = 0; i < PQPOOL_STATES; i++)
        assert_non_null(pqpool_state_name((enum pqpool_state)i));
    for (int i = 0; i < PQPOOL_REASONS; i++)
        assert_non_null(pqpool_reason_name((enum pqpool_reason)i));
    pqpool_checkin(NULL);
    pqpool_free(NULL);
}

static void test_sqlstates_that_end_a_session(void **state)
{
    static const struct {
        const char *sqlstate;
        bool disconnect;
    } cases[] = {
        {NULL, false},
        {"", false},
        {"08000", true},
        {"08006", true},
        {"57P01", true},
        {"57P02", true},
        {"57P03", true},
        {"57P04", true},
        {"57P05", true},
        {"25P03", true},
        {"57014", false}, // query_canceled
        {"57P", false},
        {"40P01", false}, // deadlock_detected
        {"0A000", false},
        {"53300", false}, // too_many_connections
        {"22012", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(pqpool_sqlstate_is_disconnect(cases[i].sqlstate), cases[i].disconnect);
}

// Samples in microseconds; the patience after the last of them.
static void test_patience_follows_the_round_trip(void **state)
{
    static const struct {
        int64_t samples[8], least, most;
    } cases[] = {
        {{0}, 200000, 200000},                                                    // nothing learnt
        {{10000}, 30000, 30000},                                                  // as RFC 6298: R + 4 R/2
        {{10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000}, 13000, 13000}, // never closer than 3 ms
        {{100, 100, 100, 100, 100, 100, 100, 100}, 3100, 3100},
        {{10000, 20000, 5000, 20000, 5000, 20000, 5000, 20000}, 30000, 50000}, // jitter makes patient
        {{10000, 10000000}, 40000, 90000}, // an outage, at most doubles it ...
        {{10000, 500000, 500000, 500000, 500000, 500000, 500000, 500000}, 500000, 2000000}, // a slow path
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_round_trip learnt = {0};
        for (size_t n = 0; n < 8 && cases[i].samples[n]; n++)
            pqpool_round_trip_learn(&learnt, cases[i].samples[n]);
        assert_in_range(pqpool_round_trip_limit_us(&learnt), cases[i].least, cases[i].most);
    }
}

static void test_the_target_is_conninfo_and_what_the_options_add(void **state)
{
    static const struct {
        struct pqpool_options options;
        const char *expected;
    } cases[] = {
        {{.conninfo = "host=a"}, "dbname=host=a "},
        {{.conninfo = "", .tcp_user_timeout_ms = 10000}, "dbname= tcp_user_timeout=10000 "},
        {{.conninfo = "", .keepalive_idle_s = 30, .keepalive_interval_s = 10, .keepalive_count = 3},
            "dbname= keepalives_idle=30 keepalives_interval=10 keepalives_count=3 "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_target target;
        char text[256] = "";
        pqpool_target_init(&target, &cases[i].options);
        for (size_t n = 0; target.keywords[n]; n++) {
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%s=%s ", target.keywords[n], target.values[n]);
        }
        assert_string_equal(text, cases[i].expected);
    }
}

// An idle session of a pool with a `max_age_ms` of 1000: where does it go at that age?
static enum pqpool_state next_step_at_age(struct pqpool_place *place, uint64_t serial, int age_ms)
{
    place->state = PQPOOL_IDLE;
    place->serial = serial;
    place->opened_us = pqpool_now_us() - (int64_t)age_ms * 1000;
    return pqpool_next_step(place).to;
}

static void test_sessions_end_at_their_age_and_one_at_a_time(void **state)
{
    struct pqpool pool = {.options.max_age_ms = 1000, .keeps_time = true};
    struct pqpool_place first = {.pool = &pool}, second = {.pool = &pool};
    int early = 0;
    (void)state;
    for (uint64_t serial = 1; serial <= 100; serial++) {
        assert_int_equal(next_step_at_age(&first, serial, 899), PQPOOL_CHECKED_OUT);
        early += next_step_at_age(&first, serial, 950) == PQPOOL_CLOSING;
        assert_int_equal(next_step_at_age(&first, serial, 1001), PQPOOL_CLOSING);
    }
    assert_in_range(early, 40, 60); // spread over the last tenth
    atomic_store(&pool.recycling, &first);
    assert_int_equal(next_step_at_age(&second, 7, 5000), PQPOOL_CHECKED_OUT);
    pool.recycling = NULL;
    assert_int_equal(next_step_at_age(&second, 7, 5000), PQPOOL_CLOSING);
    assert_int_equal(pqpool_next_step(&second).reason, PQPOOL_TOO_OLD);
}

static void test_who_is_pinged(void **state)
{
    static const struct {
        struct pqpool_options options;
        int idle_ms;
        enum pqpool_state to;
    } cases[] = {
        {{0}, 5000, PQPOOL_CHECKED_OUT}, {{.pre_ping = true}, 0, PQPOOL_PINGING},
        {{.pre_ping = true, .ping_idle_ms = 500}, 400, PQPOOL_CHECKED_OUT},
        {{.pre_ping = true, .ping_idle_ms = 500}, 500, PQPOOL_PINGING},
        {{.hedge = true, .ping_idle_ms = 1000}, 900, PQPOOL_CHECKED_OUT},
        {{.hedge = true, .ping_idle_ms = 1000}, 1001, PQPOOL_PINGING},
        {{.ping_idle_ms = 500}, 5000, PQPOOL_CHECKED_OUT}, // says how long, not that
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool pool = {.options = cases[i].options};
        pool.keeps_time = pqpool_keeps_time(&pool.options);
        struct pqpool_place place = {.pool = &pool, .state = PQPOOL_IDLE, .serial = 1};
        place.used_us = pqpool_now_us() - (int64_t)cases[i].idle_ms * 1000;
        assert_int_equal(pqpool_next_step(&place).to, cases[i].to);
    }
}

static void test_which_options_need_the_time(void **state)
{
    static const struct {
        struct pqpool_options options;
        bool keeps;
    } cases[] = {
        {{.pre_ping = true}, false},
        {{.ping_idle_ms = 1}, true},
        {{.max_age_ms = 1}, true},
        {{.background_ping_ms = 1}, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(pqpool_keeps_time(&cases[i].options), cases[i].keeps);
}

static void test_the_fast_path_goes_by_the_last_tick(void **state)
{
    struct pqpool pool = {
        .options = {.pre_ping = true, .ping_idle_ms = 60000}, .parks = true, .keeps_time = true};
    struct pqpool_place place = {.pool = &pool, .state = PQPOOL_IDLE, .serial = 1};
    (void)state;
    for (int i = 0; i < 100; i++) {
        int64_t before_us = pqpool_now_us(), tick_us = pqpool_time_of_use_us(&pool);
        assert_in_range(
            tick_us, before_us - 1000000, pqpool_now_us()); // a machine may be late with its ticks
        place.used_us = tick_us - 30 * 1000000;
        assert_int_equal(pqpool_next_step(&place).to, PQPOOL_CHECKED_OUT);
        place.used_us = tick_us - 60 * 1000000;
        assert_int_equal(pqpool_next_step(&place).to, PQPOOL_PINGING);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_are_checked),
        cmocka_unit_test(test_names_are_complete),
        cmocka_unit_test(test_sqlstates_that_end_a_session),
        cmocka_unit_test(test_patience_follows_the_round_trip),
        cmocka_unit_test(test_the_target_is_conninfo_and_what_the_options_add),
        cmocka_unit_test(test_sessions_end_at_their_age_and_one_at_a_time),
        cmocka_unit_test(test_who_is_pinged),
        cmocka_unit_test(test_which_options_need_the_time),
        cmocka_unit_test(test_the_fast_path_goes_by_the_last_tick),
    };
    return cmocka_run_group_tests_name("pqpool_pure", tests, NULL, NULL);
}
