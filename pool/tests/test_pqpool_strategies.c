// The simpler strategies, and pqpool_exec, against a real server.
#include "pool_fixture.h"

#include "pqpool_types.h"

#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void test_optimistic_replaces_all_older_after_the_first_error(void **state)
{
    static const struct {
        bool optimistic;
        const char *history;
    } cases[] = {
        {false, "1 checkout, 1 checkin"},
        {true, "1 outdated, 1 checkout, 1 connected, 1 checkin"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct pool_history history;
        struct pqpool_options options = {.size = 2, .order = PQPOOL_FIFO, .optimistic = cases[i].optimistic};
        struct pqpool *pool = pool_open(*state, options, &history);
        pool_warm_up(pool, 2);
        struct pqpool_connection *connection = pool_checkout(pool);
        postgres_terminate_backend(*state, pool_backend(connection));
        PQclear(PQexec(pqpool_pgconn(connection), "BEGIN"));
        history.text[0] = '\0';
        pqpool_checkin(connection);
        pool_assert_history(&history, "0 broken, 0 close done");
        pqpool_checkin(pool_checkout(pool));
        pool_assert_history(&history, cases[i].history);
        pqpool_free(pool);
    }
}

static void test_a_ping_is_skipped_after_recent_use(void **state)
{
    static const struct {
        int ping_idle_ms, pings;
    } cases[] = {{0, 3}, {60000, 0}};
    for (size_t i = 0; i < 2; i++) {
        struct pqpool_options options = {.size = 1, .pre_ping = true, .ping_idle_ms = cases[i].ping_idle_ms};
        struct pqpool *pool = pool_open(*state, options, NULL);
        pool_warm_up(pool, 1);
        int before = postgres_count_in_log(*state, "statement: SELECT 1\n");
        for (int n = 0; n < 3; n++)
            pqpool_checkin(pool_checkout(pool));
        assert_int_equal(postgres_count_in_log(*state, "statement: SELECT 1\n") - before, cases[i].pings);
        pqpool_free(pool);
    }
}

static void test_an_old_session_is_replaced(void **state)
{
    struct pool_history history;
    struct pqpool *pool = pool_open(
        *state, (struct pqpool_options){.size = 1, .max_age_ms = 60000}, &history);
    pool_warm_up(pool, 1);
    pqpool_checkin(pool_checkout(pool));
    pool->places[0].opened_us -= INT64_C(60000000);
    history.text[0] = '\0';
    for (int i = 0; i < 2; i++) // and the next one may be, too
        pqpool_checkin(pool_checkout(pool));
    pool_assert_history(&history, "0 too old, 0 checkout, 0 connected, 0 checkin, 0 checkout, 0 checkin");
    assert_null(pool->recycling);
    pqpool_free(pool);
}

static void test_a_reset_cleans_at_checkin(void **state)
{
    static const struct {
        const char *reset_query, *statements[2], *history;
    } cases[] = {
        {"DISCARD ALL", {"SET work_mem = '1MB'"}, "0 checkin, 0 reset done"},
        {"DISCARD ALL", {"BEGIN", "SELECT 1/0"}, "0 in transaction, 0 reset done"},
        {"RESET nonsense", {"SELECT 2"}, "0 checkin, 0 reset failed, 0 close done"},
        {"BEGIN", {"SELECT 2"}, "0 checkin, 0 reset failed, 0 close done"}, // resets nothing
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pool_history history;
        struct pqpool_options options = {
            .size = 1, .reset_query = cases[i].reset_query, .reset_timeout_ms = 20000};
        struct pqpool *pool = pool_open(*state, options, &history);
        struct pqpool_connection *connection = pool_checkout(pool);
        history.text[0] = '\0';
        for (size_t n = 0; n < 2 && cases[i].statements[n]; n++)
            PQclear(PQexec(pqpool_pgconn(connection), cases[i].statements[n]));
        pqpool_checkin(connection);
        pool_assert_history(&history, cases[i].history);
        pqpool_free(pool);
    }
}

static void test_a_reset_has_a_deadline(void **state)
{
    struct pool_history history;
    struct pqpool_options options = {.size = 1, .reset_query = "DISCARD ALL", .reset_timeout_ms = 200};
    struct pqpool *pool = pool_open(*state, options, &history);
    struct pqpool_connection *connection = pool_checkout(pool);
    int frozen = pool_backend(connection);
    assert_int_equal(kill(frozen, SIGSTOP), 0);
    int64_t start_ms = pool_now_ms();
    pqpool_checkin(connection);
    assert_in_range(pool_now_ms() - start_ms, 200, 10000);
    assert_int_equal(kill(frozen, SIGCONT), 0);
    pool_assert_history(&history, "0 checkout, 0 connected, 0 checkin, 0 reset failed, 0 close done");
    pqpool_free(pool);
}

static uint64_t changes(struct pqpool *pool, enum pqpool_reason reason)
{
    struct pqpool_statistics now;
    pqpool_get_statistics(pool, &now);
    return now.changes[reason];
}

static void test_the_background_replaces_what_died(void **state)
{
    struct pqpool_options options = {.size = 2, .background_ping_ms = 200, .ping_timeout_ms = 20000};
    struct pqpool *pool = pool_open(*state, options, NULL);
    pool_warm_up(pool, 2);
    pool_wait_for_places(pool, PQPOOL_IDLE, 2);
    postgres_terminate_backend(*state, PQbackendPID(pool->places[0].pgconn));
    while (changes(pool, PQPOOL_CONNECTED) < 3)
        sched_yield();
    pool_wait_for_places(pool, PQPOOL_IDLE, 2);
    assert_int_equal(changes(pool, PQPOOL_PING_FAILED), 1);
    uint64_t answered = changes(pool, PQPOOL_PING_ANSWERED);
    while (changes(pool, PQPOOL_PING_ANSWERED) < answered + 4)
        sched_yield();
    pqpool_free(pool);
}

// Nothing is due for an hour, until one is found dead: then all others are, once. And nobody waits for that
// hour when the pool is freed.
static void test_the_background_doubts_the_others_of_a_dead_one(void **state)
{
    struct pqpool_options options = {.size = 2, .background_ping_ms = 3600000, .ping_timeout_ms = 20000};
    struct pqpool *pool = pool_open(*state, options, NULL);
    pool_warm_up(pool, 2); // one is parked, one on the list
    postgres_terminate_backend(*state, PQbackendPID(pool->places[0].pgconn));
    pthread_mutex_lock(&pool->lock);
    pool->places[0].used_us -= INT64_C(3600000000);
    pthread_cond_signal(&pool->background.wake);
    pthread_mutex_unlock(&pool->lock);
    while (changes(pool, PQPOOL_PING_ANSWERED) == 0)
        sched_yield();
    assert_int_equal(changes(pool, PQPOOL_PING_FAILED), 1);
    assert_int_equal(changes(pool, PQPOOL_BACKGROUND), 3); // two pings and a connect
    pthread_mutex_lock(&pool->lock);
    for (int i = 0; i < 2; i++)
        assert_true(pool->places[i].used_us >= pool->background.doubtful_us);
    pthread_mutex_unlock(&pool->lock);
    pqpool_free(pool);
}

static const struct timespec a_while = {.tv_nsec = 100000000}; // enough for a wrong step, if there is one

// A pool of two, of which its caller has lost one; nobody can connect to its database.
static struct pqpool *lose_one(const struct postgres *server, int background_ping_ms)
{
    char conninfo[300];
    postgres_execute(server, "CREATE DATABASE doorless");
    snprintf(conninfo, sizeof conninfo, "%s dbname=doorless", server->conninfo);
    struct pqpool_options options = {.conninfo = conninfo,
        .size = 3,
        .minimum = 2,
        .background_ping_ms = background_ping_ms,
        .ping_timeout_ms = 20000};
    struct pqpool *pool = pool_open(server, options, NULL);
    postgres_execute(server, "ALTER DATABASE doorless ALLOW_CONNECTIONS false");
    struct pqpool_connection *connection = pool_checkout(pool);
    assert_int_equal(PQsetnonblocking(pqpool_pgconn(connection), 1), 0);
    pqpool_checkin(connection); // unclean: it is closed
    return pool;
}

// What a caller lost is missed, and opened as soon as the server lets it; more than that is not.
static void test_the_background_keeps_the_minimum_up(void **state)
{
    const struct postgres *server = *state;
    struct pqpool *pool = lose_one(server, 20);
    while (changes(pool, PQPOOL_CONNECT_FAILED) < 2)
        sched_yield();
    postgres_execute(server, "ALTER DATABASE doorless ALLOW_CONNECTIONS true");
    pool_wait_for_places(pool, PQPOOL_IDLE, 2);
    uint64_t answered = changes(pool, PQPOOL_PING_ANSWERED);
    while (changes(pool, PQPOOL_PING_ANSWERED) < answered + 4)
        sched_yield();
    assert_int_equal(changes(pool, PQPOOL_CONNECTED), 3);
    assert_int_equal(pqpool_drain(pool, 20000), 0);
    nanosleep(&a_while, NULL);
    assert_int_equal(changes(pool, PQPOOL_CONNECTED), 3);
    pqpool_free(pool);
    postgres_execute(server, "DROP DATABASE doorless WITH (FORCE)");
}

static void test_the_background_does_not_hammer_at_the_door(void **state)
{
    const struct postgres *server = *state;
    struct pqpool *pool = lose_one(server, 3600000);
    for (int i = 0; i < 5 || changes(pool, PQPOOL_CONNECT_FAILED) == 0; i++) {
        pthread_mutex_lock(&pool->lock);
        pthread_cond_signal(&pool->background.wake);
        pthread_mutex_unlock(&pool->lock);
        nanosleep(&a_while, NULL);
    }
    assert_int_equal(changes(pool, PQPOOL_CONNECT_FAILED), 1);
    pqpool_free(pool);
    postgres_execute(server, "DROP DATABASE doorless WITH (FORCE)");
}

// %1$d accepts and stays silent, %2$d is the server; nobody listens on port 1.
static void test_a_silent_host_has_no_more_than_its_share(void **state)
{
    const struct postgres *server = *state;
    static const struct {
        const char *hosts;
        bool hedge;
        int least_ms, most_ms; // of 6000
        bool connects;
    } cases[] = {
        {"port=%1$d,%2$d hostaddr=127.0.0.1,127.0.0.1 host=localhost,localhost", false, 3000, 5900, true},
        {"port=%1$d,%2$d hostaddr=127.0.0.1,127.0.0.1 host=localhost,localhost", true, 3000, 5900, true},
        {"port=%1$d,%1$d,%2$d hostaddr=127.0.0.1,127.0.0.1,127.0.0.1 host=localhost,localhost,localhost",
            true, 4000, 5900, true},
        {"port=%2$d,%1$d hostaddr=127.0.0.1,127.0.0.1 host=localhost,localhost", false, 0, 2900, true},
        {"port=1,%1$d hostaddr=127.0.0.1,127.0.0.1 host=localhost,localhost", false, 3000, 5900, false},
        {"port=%1$d,%1$d hostaddr=127.0.0.1,127.0.0.1 host=localhost,localhost", false, 6000, 20000, false},
        {"port=%1$d,%1$d hostaddr=127.0.0.1,127.0.0.1 host=localhost,localhost", true, 6000, 20000, false},
    };
    int silent_port, listener = pool_listen(&silent_port);
    int port = (int)strtol(strstr(server->conninfo, "port=") + strlen("port="), NULL, 10);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_error error;
        char hosts[160], conninfo[512];
        snprintf(hosts, sizeof hosts, cases[i].hosts, silent_port, port);
        snprintf(conninfo, sizeof conninfo, "%s %s", server->conninfo, hosts);
        struct pqpool_options options = {
            .conninfo = conninfo, .size = 1, .hedge = cases[i].hedge, .checkout_timeout_ms = 6000};
        struct pqpool *pool = pool_open(server, options, NULL);
        int64_t start_ms = pool_now_ms();
        struct pqpool_connection *connection = pqpool_checkout(pool, &error);
        assert_in_range(pool_now_ms() - start_ms, cases[i].least_ms, cases[i].most_ms);
        assert_int_equal(connection != NULL, cases[i].connects);
        pqpool_checkin(connection);
        pqpool_free(pool);
    }
    close(listener);
}

static void test_exec(void **state)
{
    static const char *const values[] = {"20"};
    static const struct {
        const char *statement, *value; // NULL: fails
        int parameters;
        unsigned flags;
        int timeout_ms, times; // so often it is run
        enum pqpool_failure failure;
        const char *sqlstate;
        bool in_doubt;
    } cases[] = {
        {"SELECT $1::int + 1", "21", 1, 0, 0, 1, PQPOOL_FAILURE_NONE, "", false},
        {"SELECT 3; SELECT 4", "4", 0, 0, 20000, 1, PQPOOL_FAILURE_NONE, "", false},
        {"SELECT 1/0", NULL, 0, PQPOOL_IDEMPOTENT, 0, 1, PQPOOL_FAILURE_SERVER, "22012", false},
        {"SELECT pg_terminate_backend(pg_backend_pid())", NULL, 0, 0, 0, 1, PQPOOL_FAILURE_CONNECT, "57P01",
            true},
        {"SELECT pg_terminate_backend(pg_backend_pid()), 2", NULL, 0, PQPOOL_IDEMPOTENT, 0, 2,
            PQPOOL_FAILURE_CONNECT, "57P01", true},
        {"SELECT pg_sleep(60)", NULL, 0, PQPOOL_IDEMPOTENT, 3000, 1, PQPOOL_FAILURE_EXPIRED, "", true},
        {"COPY blog_posts TO STDOUT", NULL, 0, 0, 0, 1, PQPOOL_FAILURE_USAGE, "", false},
        {"BEGIN", "", 0, 0, 0, 1, PQPOOL_FAILURE_NONE, "", false}, // rolled back at its checkin
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_error error = {0};
        char logged[96];
        snprintf(logged, sizeof logged, ": %s\n", cases[i].statement);
        int before = postgres_count_in_log(*state, logged);
        struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
        PGresult *result = pqpool_exec(pool, cases[i].statement, cases[i].parameters, values, cases[i].flags,
            cases[i].timeout_ms, &error);
        assert_int_equal(result != NULL, cases[i].value != NULL);
        if (result && PQntuples(result) > 0)
            assert_string_equal(PQgetvalue(result, 0, 0), cases[i].value);
        if (!result) {
            assert_int_equal(error.failure, cases[i].failure);
            assert_string_equal(error.sqlstate, cases[i].sqlstate);
            assert_int_equal(error.in_doubt, cases[i].in_doubt);
        }
        PQclear(result);
        assert_int_equal(postgres_count_in_log(*state, logged) - before, cases[i].times);
        struct pqpool_connection *next = pool_checkout(pool);
        assert_int_equal(PQtransactionStatus(pqpool_pgconn(next)), PQTRANS_IDLE);
        pqpool_checkin(next);
        pqpool_free(pool);
    }
}

// Nothing was sent, so nothing is in doubt and nothing is repeated. An optimistic pool doubts the others.
static void test_exec_passes_over_a_dead_session(void **state)
{
    static const struct {
        bool optimistic;
        const char *history;
    } cases[] = {
        {false, "0 checkout, 0 found dead, 0 close done, 1 checkout, 1 checkin"},
        {true, "0 checkout, 0 found dead, 0 close done, 1 outdated, 1 checkout, 1 connected, 1 checkin"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct pool_history history;
        struct pqpool_error error;
        struct pqpool_options options = {.size = 2, .order = PQPOOL_FIFO, .optimistic = cases[i].optimistic};
        struct pqpool *pool = pool_open(*state, options, &history);
        pool_warm_up(pool, 2);
        postgres_terminate_backend(*state, PQbackendPID(pool->places[0].pgconn));
        history.text[0] = '\0';
        PGresult *result = pqpool_exec(pool, "SELECT 5", 0, NULL, 0, 0, &error);
        assert_non_null(result);
        PQclear(result);
        pool_assert_history(&history, cases[i].history);
        pqpool_free(pool);
    }
}

// What waits to be read may also be a message to a session that lives.
static void test_exec_passes_over_no_session_that_was_notified(void **state)
{
    struct pool_history history;
    struct pqpool_error error;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, &history);
    struct pqpool_connection *connection = pool_checkout(pool);
    struct pollfd socket = {.fd = PQsocket(pqpool_pgconn(connection)), .events = POLLIN};
    PQclear(PQexec(pqpool_pgconn(connection), "LISTEN news"));
    pqpool_checkin(connection);
    postgres_execute(*state, "NOTIFY news");
    assert_int_equal(poll(&socket, 1, 20000), 1);
    history.text[0] = '\0';
    PGresult *result = pqpool_exec(pool, "SELECT 6", 0, NULL, 0, 0, &error);
    assert_non_null(result);
    PQclear(result);
    pool_assert_history(&history, "0 checkout, 0 checkin");
    pqpool_free(pool);
}

// More than a socket takes at once.
static void test_exec_sends_much(void **state)
{
    struct pqpool_error error;
    const size_t length = 1 << 24;
    char *text = malloc(length + 1);
    assert_non_null(text);
    memset(text, 'x', length);
    text[length] = '\0';
    const char *const values[] = {text};
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    PGresult *result = pqpool_exec(pool, "SELECT length($1)", 1, values, 0, 60000, &error);
    if (!result)
        fail_msg("%s", error.text);
    assert_string_equal(PQgetvalue(result, 0, 0), "16777216");
    PQclear(result);
    pqpool_free(pool);
    free(text);
}

static void test_exec_waits_no_longer_than_it_may(void **state)
{
    struct pqpool_error error;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    struct pqpool_connection *connection = pool_checkout(pool);
    assert_null(pqpool_exec(pool, "SELECT 5", 0, NULL, 0, 300, &error));
    assert_int_equal(error.failure, PQPOOL_FAILURE_EXHAUSTED);
    assert_string_equal(error.text, "no connection became free in time");
    assert_false(error.in_doubt);
    pqpool_checkin(connection);
    pqpool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_optimistic_replaces_all_older_after_the_first_error),
        cmocka_unit_test(test_a_ping_is_skipped_after_recent_use),
        cmocka_unit_test(test_an_old_session_is_replaced),
        cmocka_unit_test(test_a_reset_cleans_at_checkin),
        cmocka_unit_test(test_a_reset_has_a_deadline),
        cmocka_unit_test(test_the_background_replaces_what_died),
        cmocka_unit_test(test_the_background_doubts_the_others_of_a_dead_one),
        cmocka_unit_test(test_the_background_keeps_the_minimum_up),
        cmocka_unit_test(test_the_background_does_not_hammer_at_the_door),
        cmocka_unit_test(test_a_silent_host_has_no_more_than_its_share),
        cmocka_unit_test(test_exec),
        cmocka_unit_test(test_exec_passes_over_a_dead_session),
        cmocka_unit_test(test_exec_passes_over_no_session_that_was_notified),
        cmocka_unit_test(test_exec_sends_much),
        cmocka_unit_test(test_exec_waits_no_longer_than_it_may),
    };
    return cmocka_run_group_tests_name("pqpool_strategies", tests, postgres_set_up, postgres_tear_down);
}
