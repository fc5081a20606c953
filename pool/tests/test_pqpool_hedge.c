// The race for a caller, and what becomes of its losers, against a real server whose processes are stopped.
#include "pool_fixture.h"

#include "pqpool_monitor.h"
#include "pqpool_owner.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct pqpool_options hedged = {
    .size = 2, .order = PQPOOL_FIFO, .hedge = true, .ping_timeout_ms = 30000, .checkout_timeout_ms = 20000};

static void stop(int pid)
{
    assert_int_equal(kill(pid, SIGSTOP), 0);
}

static void go_on(int pid)
{
    assert_int_equal(kill(pid, SIGCONT), 0);
}

static int backend_of_place(const struct pqpool *pool, unsigned place)
{
    return PQbackendPID(pool->places[place].pgconn);
}

// The server's process of this place, which says nothing from here on.
static int stop_place(const struct pqpool *pool, unsigned place)
{
    int backend = backend_of_place(pool, place);
    stop(backend);
    return backend;
}

// Goes on, and has answered what it was asked.
static void go_on_and_answer(int backend, const struct pqpool_place *place)
{
    struct pollfd socket = {.fd = PQsocket(place->pgconn), .events = POLLIN};
    go_on(backend);
    assert_int_equal(poll(&socket, 1, 20000), 1);
}

// As if the server were far away, so that nothing is late because this machine is busy.
static struct pqpool *open_warm(
    const struct postgres *server, struct pqpool_options options, struct pool_history *history)
{
    struct pqpool *pool = pool_open(server, options, history);
    pool_warm_up(pool, options.size);
    pool->round_trip = (struct pqpool_round_trip){.smoothed_us = 700000};
    if (history)
        history->text[0] = '\0';
    return pool;
}

// With one place, and so no other idle one that could win.
static struct pqpool *open_one(const struct postgres *server, struct pool_history *history)
{
    struct pqpool_options options = hedged;
    options.size = 1;
    return open_warm(server, options, history);
}

static void test_an_answered_ping_is_all(void **state)
{
    struct pool_history history;
    struct pqpool_options options = hedged;
    options.order = PQPOOL_LIFO;
    options.ping_idle_ms = 60000;
    struct pqpool *pool = open_warm(*state, options, &history);
    pqpool_checkin(pool_checkout(pool));
    pool_assert_history(&history, "1 checkout, 1 checkin"); // used lately: no ping
    pool->places[1].used_us -= INT64_C(61000000);
    pqpool_checkin(pool_checkout(pool));
    pool_assert_history(&history, "1 checkout, 1 ping answered, 1 checkin");
    pqpool_free(pool);
}

static void test_another_idle_one_wins_and_the_late_one_comes_back(void **state)
{
    const struct postgres *server = *state;
    struct pool_history history;
    struct pqpool *pool = open_warm(server, hedged, &history);
    int silent = stop_place(pool, 0);
    stop(server->postmaster); // no connect wins
    struct pqpool_connection *connection = pool_checkout(pool);
    pool_assert_history(
        &history, "0 checkout, 2 hedge, 1 hedge, 1 ping answered, 0 late, 2 not needed, 2 close done");
    go_on(server->postmaster);
    assert_ptr_equal(pool_place(connection), &pool->places[1]);
    assert_null(pool->places[2].pgconn); // its session was ended
    assert_int_equal(pqpool_count_sessions(pool), 1);
    go_on_and_answer(silent, &pool->places[0]);
    pqpool_checkin(connection);
    pool_assert_history(&history, "1 checkin, 0 ping answered");
    pqpool_free(pool);
}

// Nothing that is well is thrown away: what was opened in its stead goes.
static void test_a_new_one_wins_and_goes_when_the_late_one_answers(void **state)
{
    struct pool_history history;
    struct pqpool *pool = open_one(*state, &history);
    int silent = stop_place(pool, 0);
    struct pqpool_connection *connection = pool_checkout(pool);
    pool_assert_history(&history, "0 checkout, 1 hedge, 1 connected, 0 late");
    go_on_and_answer(silent, &pool->places[0]);
    pqpool_checkin(connection);
    pool_assert_history(&history, "1 checkin, 0 ping answered, 1 surplus, 1 close done");
    assert_int_equal(backend_of_place(pool, 0), silent);
    pqpool_free(pool);
}

// With it there is a session too many: the next that is given back goes, though few are idle.
static void test_a_late_one_that_comes_back_is_one_too_many(void **state)
{
    struct pool_history history;
    struct pqpool *pool = open_warm(*state, hedged, &history);
    int silent = stop_place(pool, 1);
    struct pqpool_connection *out = pool_checkout(pool), *winner = pool_checkout(pool);
    go_on_and_answer(silent, &pool->places[1]);
    pqpool_review_suspects(pool);
    assert_int_equal(pqpool_count_sessions(pool), 3);
    history.text[0] = '\0';
    pqpool_checkin(winner);
    pqpool_checkin(out);
    pool_assert_history(&history, "2 surplus, 2 close done, 0 checkin");
    pqpool_free(pool);
}

static void test_a_suspect_that_stays_silent_is_closed(void **state)
{
    struct pool_history history;
    struct pqpool *pool = open_one(*state, &history);
    int silent = stop_place(pool, 0);
    struct pqpool_connection *connection = pool_checkout(pool);
    history.text[0] = '\0';
    pqpool_review_suspects(pool);
    pool_assert_history(&history, ""); // it has time
    assert_in_range(pool->places[0].expires_us, 0, pqpool_deadline_after_ms(hedged.ping_timeout_ms));
    pool->places[0].expires_us = pqpool_now_us();
    pqpool_checkin(connection);
    pool_assert_history(&history, "1 checkin, 0 ping expired, 0 close done");
    go_on(silent);
    pqpool_free(pool);
}

static void test_the_socket_is_asked_first(void **state)
{
    const struct postgres *server = *state;
    struct pool_history history;
    struct pqpool *pool = open_warm(server, hedged, &history);
    pool->round_trip.smoothed_us = 60000000; // no ping is late
    int pings = postgres_count_in_log(server, "statement: SELECT 1\n");
    postgres_terminate_backend(server, backend_of_place(pool, 0));
    pqpool_checkin(pool_checkout(pool));
    pool_assert_history(
        &history, "0 checkout, 0 found dead, 1 hedge, 1 ping answered, 0 close done, 1 checkin");
    postgres_terminate_backend(server, backend_of_place(pool, 1));
    pqpool_checkin(pool_checkout(pool));
    pool_assert_history(&history, "1 checkout, 1 found dead, 1 hedge, 1 connected, 1 checkin");
    assert_int_equal(postgres_count_in_log(server, "statement: SELECT 1\n") - pings, 1);
    pqpool_free(pool);
}

static void test_an_unreachable_server_is_an_honest_error_and_costs_no_session(void **state)
{
    const struct postgres *server = *state;
    struct pool_history history;
    struct pqpool_error error;
    struct pqpool *pool = open_one(server, &history);
    pool->options.checkout_timeout_ms = 3000;
    stop(server->postmaster);
    int backend = stop_place(pool, 0);
    int64_t start_ms = pool_now_ms();
    assert_null(pqpool_checkout(pool, &error));
    assert_in_range(pool_now_ms() - start_ms, 3000, 20000);
    assert_int_equal(error.failure, PQPOOL_FAILURE_EXPIRED);
    assert_string_equal(
        error.text, "timeout expired: neither a pooled connection nor a new one was ready in time");
    pool_assert_history(&history, "0 checkout, 1 hedge, 0 late, 1 connect expired, 1 close done");
    go_on_and_answer(backend, &pool->places[0]);
    pqpool_checkin(pool_checkout(pool));
    pool_assert_history(&history, "0 ping answered, 0 checkout, 0 ping answered, 0 checkin");
    go_on(server->postmaster);
    pqpool_free(pool);
}

// A suspect takes part in the next race with the ping it was sent before.
static void test_a_suspect_races_again(void **state)
{
    const struct postgres *server = *state;
    struct pool_history history;
    struct pqpool_error error;
    struct pqpool *pool = open_one(server, &history);
    pool->options.checkout_timeout_ms = 1500;
    stop(server->postmaster);
    int backend = stop_place(pool, 0);
    assert_null(pqpool_checkout(pool, &error));
    pool->round_trip = (struct pqpool_round_trip){.smoothed_us = 50000};
    history.text[0] = '\0';
    assert_null(pqpool_checkout(pool, &error)); // a connect, and when that is late the suspect as well
    pool_assert_history(&history, "1 checkout, 0 hedge, 0 late, 1 connect expired, 1 close done");
    go_on(server->postmaster);
    go_on(backend);
    pqpool_free(pool);
}

// What its server answers decides.
static void test_what_becomes_of_a_suspect(void **state)
{
    static const struct {
        const char *ping, *history;
    } cases[] = {
        {"SELECT 1", "0 hedge, 0 late, 0 ping answered"},
        {"SELECT 1/0", "0 hedge, 0 late, 0 ping refused, 0 close done"},
        {"SELECT pg_terminate_backend(pg_backend_pid())", "0 hedge, 0 late, 0 ping failed, 0 close done"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pool_history history;
        struct pqpool_error error;
        struct pqpool *pool = open_warm(*state, hedged, &history);
        const struct pqpool_query ping = {.text = cases[i].ping};
        struct pqpool_place *suspect = pqpool_take_idle(pool, PQPOOL_HEDGE);
        suspect->expires_us = PQPOOL_NEVER;
        assert_int_equal(
            pqpool_ask_begin(&suspect->exchange, suspect->pgconn, &ping, &error), PQPOOL_ANSWER_PENDING);
        pqpool_lock_and_move(suspect, PQPOOL_SUSPECT, PQPOOL_LATE);
        while (pqpool_review_suspects(pool), suspect->state == PQPOOL_SUSPECT) {
            struct pollfd socket = pqpool_exchange_socket(&suspect->exchange);
            assert_int_equal(poll(&socket, 1, 20000), 1);
        }
        pool_assert_history(&history, cases[i].history);
        pqpool_free(pool);
    }
}

static void test_a_suspect_makes_room_for_a_new_one(void **state)
{
    struct pool_history history;
    struct pqpool *pool = open_one(*state, &history);
    int first = stop_place(pool, 0);
    struct pqpool_connection *connection = pool_checkout(pool);
    int second = pool_backend(connection);
    pqpool_checkin(connection);
    stop(second);
    history.text[0] = '\0';
    connection = pool_checkout(pool);
    pool_assert_history(&history, "1 checkout, 0 evicted, 0 close done, 0 hedge, 0 connected, 1 late");
    go_on(first);
    go_on(second);
    pqpool_checkin(connection);
    pqpool_free(pool);
}

// Its checkout fails before its ping is late, and so before there was a race: who waits gets the other place.
static void test_a_suspect_makes_room_for_who_waits(void **state)
{
    struct pool_history history;
    pthread_t thread;
    struct pqpool *pool = open_one(*state, &history);
    pool->options.checkout_timeout_ms = 2000;
    pool->round_trip.smoothed_us = 60000000;
    int silent = stop_place(pool, 0);
    struct pool_caller caller = {.pool = pool};
    assert_int_equal(pthread_create(&thread, NULL, pool_call, &caller), 0);
    pool_wait_for_places(pool, PQPOOL_PINGING, 1);
    pool->options.checkout_timeout_ms = 20000;
    pqpool_checkin(pool_checkout(pool));
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(caller.failure, PQPOOL_FAILURE_EXPIRED);
    pool_assert_history(&history, "0 checkout, 0 late, 1 checkout, 1 connected, 1 checkin");
    go_on(silent);
    pqpool_free(pool);
}

static void test_a_drain_closes_suspects(void **state)
{
    struct pool_history history;
    struct pqpool *pool = open_one(*state, &history);
    int silent = stop_place(pool, 0);
    pqpool_checkin(pool_checkout(pool));
    history.text[0] = '\0';
    assert_int_equal(pqpool_drain(pool, 10), 0);
    pool_assert_history(&history, "1 drained, 1 close done, 0 drained, 0 close done");
    go_on(silent);
    pqpool_free(pool);
}

static void test_what_is_outdated_does_not_race(void **state)
{
    struct pqpool *pool = open_warm(*state, hedged, NULL);
    pqpool_outdate_older(&pool->places[0]);
    assert_null(pqpool_take_idle(pool, PQPOOL_HEDGE));
    pqpool_free(pool);
}

static void test_round_trips_are_learnt(void **state)
{
    struct pqpool_options options = hedged;
    options.size = 1;
    struct pqpool *pool = pool_open(*state, options, NULL);
    pool_warm_up(pool, 1);
    assert_int_not_equal(pool->round_trip.smoothed_us, 0); // what TCP measured while connecting
    pool->round_trip = (struct pqpool_round_trip){0};
    pqpool_checkin(pool_checkout(pool));
    assert_int_not_equal(pool->round_trip.smoothed_us, 0); // the ping
    pqpool_free(pool);
}

#define THREADS   4
#define CHECKOUTS 30

static void *check_out_and_in_often(void *pool)
{
    for (int i = 0; i < CHECKOUTS; i++)
        pqpool_checkin(pool_checkout(pool));
    return NULL;
}

// Races of several threads at once, with less patience than any server has.
static void test_threads_race(void **state)
{
    struct pqpool_options options = hedged;
    options.checkout_timeout_ms = 0;
    struct pqpool *pool = pool_open(*state, options, NULL);
    pthread_t threads[THREADS];
    pool_warm_up(pool, 2);
    int silent = stop_place(pool, 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, check_out_and_in_often, pool), 0);
    go_on(silent);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < 100; i++)
        pqpool_review_suspects(pool);
    struct pqpool_statistics now;
    pqpool_get_statistics(pool, &now);
    assert_in_range(now.places[PQPOOL_IDLE], 1, 2);
    assert_int_equal(pool->spares, now.places[PQPOOL_SUSPECT]);
    assert_int_equal(now.places[PQPOOL_CHECKED_OUT] + now.places[PQPOOL_PINGING] +
                         now.places[PQPOOL_CONNECTING] + now.places[PQPOOL_CLOSING],
        0);
    pqpool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_answered_ping_is_all),
        cmocka_unit_test(test_another_idle_one_wins_and_the_late_one_comes_back),
        cmocka_unit_test(test_a_new_one_wins_and_goes_when_the_late_one_answers),
        cmocka_unit_test(test_a_late_one_that_comes_back_is_one_too_many),
        cmocka_unit_test(test_a_suspect_that_stays_silent_is_closed),
        cmocka_unit_test(test_the_socket_is_asked_first),
        cmocka_unit_test(test_an_unreachable_server_is_an_honest_error_and_costs_no_session),
        cmocka_unit_test(test_a_suspect_races_again),
        cmocka_unit_test(test_what_becomes_of_a_suspect),
        cmocka_unit_test(test_a_suspect_makes_room_for_a_new_one),
        cmocka_unit_test(test_a_suspect_makes_room_for_who_waits),
        cmocka_unit_test(test_a_drain_closes_suspects),
        cmocka_unit_test(test_what_is_outdated_does_not_race),
        cmocka_unit_test(test_round_trips_are_learnt),
        cmocka_unit_test(test_threads_race),
    };
    return cmocka_run_group_tests_name("pqpool_hedge", tests, postgres_set_up, postgres_tear_down);
}
