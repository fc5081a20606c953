// Calls that make no sense: they end in an error or in a number, not in a crash or in a statement that is
// sent. And sessions that are given back in disorder: the next caller gets one that answers.
#include "pool_fixture.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define NOT_SENT "SELECT 'never sent'"

static unsigned count_checked_out(struct pqpool *pool)
{
    struct pqpool_statistics now;
    pqpool_get_statistics(pool, &now);
    return now.places[PQPOOL_CHECKED_OUT];
}

static void test_null_is_an_error_and_no_crash(void **state)
{
    struct pqpool_options unreachable = {.conninfo = "host=/nonexistent", .size = 1};
    struct pqpool_error error = {0};
    struct pqpool_statistics statistics = {.waits = 7};
    (void)state;
    assert_null(pqpool_new(NULL, &error));
    assert_int_equal(error.failure, PQPOOL_FAILURE_USAGE);
    assert_null(pqpool_new(NULL, NULL));
    error.failure = PQPOOL_FAILURE_NONE;
    assert_null(pqpool_checkout(NULL, &error));
    assert_int_equal(error.failure, PQPOOL_FAILURE_USAGE);
    assert_null(pqpool_checkout(NULL, NULL));
    assert_null(pqpool_exec(NULL, NOT_SENT, 0, NULL, 0, 0, &error));
    assert_int_equal(error.failure, PQPOOL_FAILURE_USAGE);
    assert_null(pqpool_exec(NULL, NOT_SENT, 0, NULL, 0, 0, NULL));
    assert_null(pqpool_pgconn(NULL));
    pqpool_get_statistics(NULL, &statistics);
    assert_int_equal(statistics.waits, 0);
    assert_int_equal(pqpool_drain(NULL, 1), 0);
    pqpool_checkin(NULL);
    pqpool_free(NULL);
    struct pqpool *pool = pqpool_new(&unreachable, NULL);
    assert_non_null(pool);
    assert_null(pqpool_checkout(pool, NULL));
    assert_null(pqpool_exec(pool, NOT_SENT, 0, NULL, 0, 0, NULL));
    pqpool_get_statistics(pool, NULL);
    pqpool_free(pool);
}

static void test_names_out_of_range_are_unknown(void **state)
{
    static const int cases[] = {-1, -5, INT_MIN, INT_MAX, 999};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(pqpool_state_name((enum pqpool_state)cases[i]), "unknown");
        assert_string_equal(pqpool_reason_name((enum pqpool_reason)cases[i]), "unknown");
    }
    assert_string_equal(pqpool_state_name(PQPOOL_STATES), "unknown");
    assert_string_equal(pqpool_reason_name(PQPOOL_REASONS), "unknown");
}

static void test_a_drain_without_end_is_refused(void **state)
{
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 2}, NULL);
    assert_int_equal(pqpool_drain(pool, -1), UINT_MAX);
    assert_int_equal(pqpool_drain(pool, INT_MIN), UINT_MAX);
    pqpool_checkin(pool_checkout(pool)); // it serves as before
    assert_int_equal(pqpool_drain(pool, 1000), 0);
    pqpool_free(pool);
}

static void test_a_call_of_exec_that_makes_no_sense_sends_nothing(void **state)
{
    static const char *const values[] = {NULL};
    static const struct {
        const char *statement;
        int parameters;
        const char *const *values;
        unsigned flags;
        int timeout_ms;
        const char *says;
    } cases[] = {
        {NULL, 0, NULL, 0, 0, "no statement"},
        {NOT_SENT, -1, values, 0, 0, "-1 parameters"},
        {NOT_SENT, 70000, values, 0, 0, "70000 parameters"},
        {NOT_SENT, 1, NULL, 0, 0, "no values"},
        {NOT_SENT, 0, NULL, ~0U, 0, "unknown flags: 0xfffffffe"},
        {NOT_SENT, 0, NULL, 0, -1, "negative"},
        {NOT_SENT, 0, NULL, PQPOOL_IDEMPOTENT, INT_MIN, "negative"},
    };
    struct pqpool_statistics now;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 2}, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_error error = {.in_doubt = true};
        assert_null(pqpool_exec(pool, cases[i].statement, cases[i].parameters, cases[i].values,
            cases[i].flags, cases[i].timeout_ms, &error));
        assert_int_equal(error.failure, PQPOOL_FAILURE_USAGE);
        assert_non_null(strstr(error.text, cases[i].says));
        assert_false(error.in_doubt);
    }
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.changes[PQPOOL_CHECKOUT], 0);
    assert_int_equal(postgres_count_in_log(*state, NOT_SENT), 0);
    pqpool_free(pool);
}

// What is unusual and allowed, or the server's to refuse; the pool serves on.
static void test_exec_tells_what_the_server_says(void **state)
{
    static const char *const values[] = {NULL};
    static const struct {
        const char *statement;
        int parameters;
        int timeout_ms;
        ExecStatusType status; // PGRES_FATAL_ERROR: no result
        enum pqpool_failure failure;
    } cases[] = {
        {"", 0, 0, PGRES_EMPTY_QUERY, PQPOOL_FAILURE_NONE},
        {"SELECT $1::text", 1, 0, PGRES_TUPLES_OK, PQPOOL_FAILURE_NONE},
        {"SELECT 1; SELECT 2", 0, INT_MAX, PGRES_TUPLES_OK, PQPOOL_FAILURE_NONE},
        {"COPY (SELECT 1) TO STDOUT", 0, 0, PGRES_FATAL_ERROR, PQPOOL_FAILURE_USAGE},
        {"COPY blog_posts FROM STDIN", 0, 5000, PGRES_FATAL_ERROR, PQPOOL_FAILURE_USAGE},
        {"SELECT pg_sleep(60)", 0, 100, PGRES_FATAL_ERROR, PQPOOL_FAILURE_EXPIRED},
        {"SELECT pg_terminate_backend(pg_backend_pid())", 0, 0, PGRES_FATAL_ERROR, PQPOOL_FAILURE_CONNECT},
        {"BEGIN", 0, 0, PGRES_COMMAND_OK, PQPOOL_FAILURE_NONE},
        {"LISTEN x", 0, 0, PGRES_COMMAND_OK, PQPOOL_FAILURE_NONE},
        {"SELECT 'a\xff'", 0, 0, PGRES_FATAL_ERROR, PQPOOL_FAILURE_SERVER},
        {"SELECT repeat('x', 10000000)", 0, 0, PGRES_TUPLES_OK, PQPOOL_FAILURE_NONE},
    };
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_error error = {.failure = PQPOOL_FAILURE_NONE};
        PGresult *result = pqpool_exec(
            pool, cases[i].statement, cases[i].parameters, values, 0, cases[i].timeout_ms, &error);
        assert_int_equal(PQresultStatus(result), cases[i].status);
        assert_int_equal(result ? PQPOOL_FAILURE_NONE : error.failure, cases[i].failure);
        PQclear(result);
        assert_int_equal(count_checked_out(pool), 0);
    }
    pqpool_free(pool);
}

static void test_options_out_of_range_are_refused(void **state)
{
    static const struct pqpool_options cases[] = {
        {.size = 0},
        {.size = UINT_MAX},
        {.size = INT_MAX},
        {.size = 1, .overflow = UINT_MAX},
        {.size = 1, .minimum = UINT_MAX},
        {.size = 1, .ping_timeout_ms = INT_MIN},
        {.size = 1, .checkout_timeout_ms = INT_MIN},
        {.size = 1, .order = (enum pqpool_order) - 1},
        {.size = 1, .order = (enum pqpool_order)2},
        {.size = 1, .order = (enum pqpool_order)INT_MAX},
        {.size = 1, .conninfo = "garbage"},
        {.size = 1, .conninfo = "='"},
        {.size = 1, .conninfo = "\xff\xfe"},
        {.size = 1, .conninfo = "postgresql://[::"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_options options = cases[i];
        struct pqpool_error error = {.failure = PQPOOL_FAILURE_NONE};
        options.conninfo = options.conninfo ? options.conninfo : "dbname=app";
        assert_null(pqpool_new(&options, &error));
        assert_int_equal(error.failure, PQPOOL_FAILURE_USAGE);
    }
}

// The longest that can be said.
static void test_the_largest_options_work(void **state)
{
    static const struct pqpool_options cases[] = {
        {.ping_timeout_ms = INT_MAX, .pre_ping = true},
        {.ping_timeout_ms = INT_MAX, .hedge = true},
        {.ping_timeout_ms = INT_MAX, .background_ping_ms = INT_MAX},
        {.connect_timeout_ms = INT_MAX},
        {.checkout_timeout_ms = INT_MAX},
        {.reset_timeout_ms = INT_MAX, .reset_query = "DISCARD ALL"},
        {.pre_ping = true, .ping_idle_ms = INT_MAX},
        {.max_age_ms = INT_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_options options = cases[i];
        options.size = 1;
        struct pqpool *pool = pool_open(*state, options, NULL);
        for (int n = 0; n < 2; n++)
            pqpool_checkin(pool_checkout(pool));
        pqpool_free(pool);
    }
}

static void begin(PGconn *pgconn)
{
    PQclear(PQexec(pgconn, "BEGIN"));
}

static void send_only(PGconn *pgconn)
{
    assert_int_equal(PQsendQuery(pgconn, "SELECT pg_sleep(60)"), 1);
}

static void leave_a_pipeline(PGconn *pgconn)
{
    assert_int_equal(PQenterPipelineMode(pgconn), 1);
    assert_int_equal(PQsendQueryParams(pgconn, "SELECT 1", 0, NULL, NULL, NULL, NULL, 0), 1);
}

static void leave_non_blocking(PGconn *pgconn)
{
    assert_int_equal(PQsetnonblocking(pgconn, 1), 0);
}

static void copy_out(PGconn *pgconn)
{
    PQclear(PQexec(pgconn, "COPY (SELECT generate_series(1, 100000)) TO STDOUT"));
}

static void copy_in(PGconn *pgconn)
{
    PQclear(PQexec(pgconn, "COPY blog_posts FROM STDIN"));
}

static void end_the_server_process(PGconn *pgconn)
{
    PQclear(PQexec(pgconn, "SELECT pg_terminate_backend(pg_backend_pid())"));
}

static void reset_pgconn(PGconn *pgconn)
{
    PQreset(pgconn);
}

static void test_whatever_a_session_is_left_in_the_next_one_answers(void **state)
{
    static void (*const cases[])(PGconn *) = {begin, send_only, leave_a_pipeline, leave_non_blocking,
        copy_out, copy_in, end_the_server_process, reset_pgconn};
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_connection *connection = pool_checkout(pool);
        cases[i](pqpool_pgconn(connection));
        pqpool_checkin(connection);
        connection = pool_checkout(pool);
        assert_true(pool_is_alive(pqpool_pgconn(connection)));
        assert_int_equal(PQtransactionStatus(pqpool_pgconn(connection)), PQTRANS_IDLE);
        pqpool_checkin(connection);
    }
    pqpool_free(pool);
}

// Nothing that costs no system call can tell at checkin. Where there are pings, no caller gets it: it is
// replaced, or one checkout fails.
static void test_a_ping_finds_a_socket_that_its_caller_closed(void **state)
{
    for (int hedge = 0; hedge <= 1; hedge++) {
        struct pqpool_options options = {.size = 1, .pre_ping = !hedge, .hedge = hedge};
        struct pqpool_error error;
        struct pqpool *pool = pool_open(*state, options, NULL);
        struct pqpool_connection *connection = pool_checkout(pool);
        close(PQsocket(pqpool_pgconn(connection)));
        pqpool_checkin(connection);
        connection = pqpool_checkout(pool, &error);
        if (!connection)
            connection = pool_checkout(pool);
        assert_true(pool_is_alive(pqpool_pgconn(connection)));
        pqpool_checkin(connection);
        pqpool_free(pool);
    }
}

static void test_no_descriptor_is_left(void **state)
{
    struct rlimit limit, none = {0};
    struct pqpool_error error;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none.rlim_max = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    assert_null(pqpool_checkout(pool, &error));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(error.failure, PQPOOL_FAILURE_CONNECT);
    pqpool_checkin(pool_checkout(pool));
    assert_int_equal(count_checked_out(pool), 0);
    pqpool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_is_an_error_and_no_crash),
        cmocka_unit_test(test_names_out_of_range_are_unknown),
        cmocka_unit_test(test_a_drain_without_end_is_refused),
        cmocka_unit_test(test_a_call_of_exec_that_makes_no_sense_sends_nothing),
        cmocka_unit_test(test_exec_tells_what_the_server_says),
        cmocka_unit_test(test_options_out_of_range_are_refused),
        cmocka_unit_test(test_the_largest_options_work),
        cmocka_unit_test(test_whatever_a_session_is_left_in_the_next_one_answers),
        cmocka_unit_test(test_a_ping_finds_a_socket_that_its_caller_closed),
        cmocka_unit_test(test_no_descriptor_is_left),
    };
    return cmocka_run_group_tests_name("pqpool_misuse_calls", tests, postgres_set_up, postgres_tear_down);
}
