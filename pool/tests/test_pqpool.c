// What a checkout and a checkin do, strategy by strategy, against a real server.
#include "pool_fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define PING "statement: SELECT 1\n"

static void assert_statement(struct pqpool_connection *connection, const char *statement)
{
    PGresult *result = PQexec(pqpool_pgconn(connection), statement);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        fail_msg("%s: %s", statement, PQresultErrorMessage(result));
    PQclear(result);
}

static void allow_connections(const struct postgres *server, bool allow)
{
    struct postgres control = *server;
    snprintf(strstr(control.conninfo, "dbname="), sizeof "dbname=template1", "dbname=template1");
    postgres_execute(&control, allow ? "ALTER DATABASE postgres ALLOW_CONNECTIONS true"
                                     : "ALTER DATABASE postgres ALLOW_CONNECTIONS false");
}

static void test_connections_are_opened_when_needed_and_used_in_turn(void **state)
{
    struct pool_history history;
    struct pqpool *pool = pool_open(
        *state, (struct pqpool_options){.size = 3, .order = PQPOOL_FIFO}, &history);
    pool_warm_up(pool, 2);
    pool_assert_history(&history, "0 checkout, 0 connected, 1 checkout, 1 connected, 0 checkin, 1 checkin");
    for (int i = 0; i < 3; i++)
        pqpool_checkin(pool_checkout(pool));
    pool_assert_history(&history, "0 checkout, 0 checkin, 1 checkout, 1 checkin, 0 checkout, 0 checkin");
    struct pqpool_statistics statistics;
    pqpool_get_statistics(pool, &statistics);
    assert_int_equal(statistics.places[PQPOOL_IDLE], 2);
    assert_int_equal(statistics.places[PQPOOL_CLOSED], 1);
    assert_int_equal(statistics.changes[PQPOOL_CHECKOUT], 5);
    assert_int_equal(statistics.changes[PQPOOL_CONNECTED], 2);
    pqpool_free(pool);
    pool_assert_history(&history, "1 pool freed, 1 close done, 0 pool freed, 0 close done");
}

static void test_none_hands_out_a_dead_connection_and_replaces_it_later(void **state)
{
    const struct postgres *server = *state;
    struct pool_history history;
    struct pqpool *pool = pool_open(server, (struct pqpool_options){.size = 1}, &history);
    struct pqpool_connection *connection = pool_checkout(pool);
    postgres_crash_backend(server, pool_backend(connection));
    pqpool_checkin(connection);
    connection = pool_checkout(pool);
    PGresult *result = PQexec(pqpool_pgconn(connection), "BEGIN");
    assert_string_equal(PQresultErrorMessage(result), "SSL SYSCALL error: EOF detected\n");
    PQclear(result);
    pqpool_checkin(connection);
    postgres_recover(server);
    connection = pool_checkout(pool);
    assert_statement(connection, "BEGIN");
    assert_statement(connection, "COMMIT");
    pqpool_checkin(connection);
    pool_assert_history(&history,
        "0 checkout, 0 connected, 0 checkin, 0 checkout, 0 broken, 0 close done, 0 checkout, 0 connected, 0 checkin");
    pqpool_free(pool);
}

static void test_a_ping_costs_one_statement(void **state)
{
    static const struct {
        bool pre_ping;
        int ping_timeout_ms, checkouts, pings;
    } cases[] = {
        {false, 0, 5, 0},
        {true, 0, 5, 4}, // not the first, which connects
        {true, 10000, 5, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_options options = {
            .size = 1, .pre_ping = cases[i].pre_ping, .ping_timeout_ms = cases[i].ping_timeout_ms};
        int statements = postgres_count_in_log(*state, "statement: "),
            pings = postgres_count_in_log(*state, PING);
        struct pqpool *pool = pool_open(*state, options, NULL);
        for (int n = 0; n < cases[i].checkouts; n++)
            pqpool_checkin(pool_checkout(pool));
        pqpool_free(pool);
        assert_int_equal(postgres_count_in_log(*state, PING) - pings, cases[i].pings);
        assert_int_equal(postgres_count_in_log(*state, "statement: ") - statements, cases[i].pings);
    }
}

static void test_a_failed_ping_replaces_all_older_connections(void **state)
{
    const struct postgres *server = *state;
    struct pool_history history;
    struct pqpool *pool = pool_open(
        server, (struct pqpool_options){.size = 3, .order = PQPOOL_FIFO, .pre_ping = true}, &history);
    struct pqpool_connection *dead = pool_checkout(pool), *idle = pool_checkout(pool),
                             *out = pool_checkout(pool);
    int backend_out = pool_backend(out);
    postgres_terminate_backend(server, pool_backend(dead));
    pqpool_checkin(dead);
    pqpool_checkin(idle);
    history.text[0] = '\0';

    pqpool_checkin(pool_checkout(pool));
    pool_assert_history(&history, "0 checkout, 0 ping failed, 0 checkout, 0 connected, 0 checkin");
    assert_int_equal(pool_backend(out), backend_out);
    assert_statement(out, "SELECT 2"); // checked out: left alone
    pqpool_checkin(out);
    pool_assert_history(&history, "2 checkin");

    int pings = postgres_count_in_log(server, PING);
    for (int i = 0; i < 3; i++)
        pqpool_checkin(pool_checkout(pool));
    pool_assert_history(&history,
        "1 outdated, 1 checkout, 1 connected, 1 checkin, 0 checkout, 0 ping answered, 0 checkin, 2 outdated, 2 checkout, 2 connected, 2 checkin");
    assert_int_equal(postgres_count_in_log(server, PING) - pings, 1);
    pqpool_free(pool);
}

static void *check_out_and_in(void *pool)
{
    pqpool_checkin(pool_checkout(pool));
    return NULL;
}

// Two old connections are pinged at the same time. What was opened between their failures is not outdated.
static void test_a_late_loser_outdates_nothing_newer(void **state)
{
    const struct postgres *server = *state;
    struct pool_history history;
    struct pqpool_options options = {
        .size = 3, .order = PQPOOL_FIFO, .pre_ping = true, .ping_timeout_ms = 3000};
    struct pqpool *pool = pool_open(server, options, &history);
    struct pqpool_connection *first = pool_checkout(pool), *second = pool_checkout(pool);
    int frozen = pool_backend(second);
    postgres_terminate_backend(server, pool_backend(first));
    pqpool_checkin(second);
    pqpool_checkin(first);
    assert_int_equal(kill(frozen, SIGSTOP), 0);
    pthread_t late;
    assert_int_equal(pthread_create(&late, NULL, check_out_and_in, pool), 0);
    pool_wait_for_places(pool, PQPOOL_PINGING, 1);
    pqpool_checkin(pool_checkout(pool)); // found dead at once, and replaced
    assert_int_equal(pthread_join(late, NULL), 0);
    assert_int_equal(kill(frozen, SIGCONT), 0);
    history.text[0] = '\0';
    for (int i = 0; i < 2; i++)
        pqpool_checkin(pool_checkout(pool));
    pool_assert_history(
        &history, "0 checkout, 0 ping answered, 0 checkin, 1 checkout, 1 ping answered, 1 checkin");
    pqpool_free(pool);
}

static void test_the_connection_error_surfaces_after_three_tries(void **state)
{
    static const struct {
        bool pre_ping, pooled;
        const char *history;
    } cases[] = {
        {true, true,
            "0 checkout, 0 ping failed, 0 checkout, 0 connect failed, 0 checkout, 0 connect failed, 0 close done"},
        {true, false,
            "0 checkout, 0 connect failed, 0 checkout, 0 connect failed, 0 checkout, 0 connect failed, 0 close done"},
        {false, false, "0 checkout, 0 connect failed, 0 close done"},
    };
    const struct postgres *server = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pool_history history;
        struct pqpool_error error;
        struct pqpool *pool = pool_open(
            server, (struct pqpool_options){.size = 1, .pre_ping = cases[i].pre_ping}, &history);
        if (cases[i].pooled) {
            struct pqpool_connection *connection = pool_checkout(pool);
            postgres_terminate_backend(server, pool_backend(connection));
            pqpool_checkin(connection);
            history.text[0] = '\0';
        }
        allow_connections(server, false);
        assert_null(pqpool_checkout(pool, &error));
        allow_connections(server, true);
        assert_int_equal(error.failure, PQPOOL_FAILURE_CONNECT);
        assert_non_null(strstr(error.text, "\"postgres\" is not currently accepting connections"));
        pool_assert_history(&history, cases[i].history);
        pqpool_checkin(pool_checkout(pool)); // and the pool lives on
        pqpool_free(pool);
    }
}

static void test_a_ping_deadline_replaces_a_silent_connection(void **state)
{
    struct pool_history history;
    struct pqpool_options options = {.size = 2,
        .order = PQPOOL_FIFO,
        .pre_ping = true,
        .ping_timeout_ms = 200,
        .checkout_timeout_ms = 10000};
    struct pqpool *pool = pool_open(*state, options, &history);
    struct pqpool_connection *connection = pool_checkout(pool), *other = pool_checkout(pool);
    int frozen = pool_backend(connection);
    assert_int_equal(kill(frozen, SIGSTOP), 0);
    pqpool_checkin(connection);
    pqpool_checkin(other);
    history.text[0] = '\0';
    int64_t start_ms = pool_now_ms();
    connection = pool_checkout(pool);
    int64_t took_ms = pool_now_ms() - start_ms;
    assert_int_equal(kill(frozen, SIGCONT), 0);
    assert_in_range(took_ms, 200, 5000);
    pool_assert_history(&history, "0 checkout, 0 ping expired, 0 checkout, 0 connected");
    assert_int_not_equal(pool_backend(connection), frozen);
    other = pool_checkout(pool);
    pool_assert_history(&history, "1 outdated, 1 checkout, 1 connected");
    pqpool_checkin(other);
    pqpool_checkin(connection);
    pqpool_free(pool);
}

static void test_a_checkout_cut_short_accuses_only_its_own_connection(void **state)
{
    struct pool_history history;
    struct pqpool_error error;
    struct pqpool_options options = {.size = 2,
        .order = PQPOOL_FIFO,
        .pre_ping = true,
        .ping_timeout_ms = 60000,
        .checkout_timeout_ms = 3000};
    struct pqpool *pool = pool_open(*state, options, &history);
    struct pqpool_connection *silent = pool_checkout(pool), *other = pool_checkout(pool);
    int frozen = pool_backend(silent);
    assert_int_equal(kill(frozen, SIGSTOP), 0);
    pqpool_checkin(silent);
    pqpool_checkin(other);
    history.text[0] = '\0';
    assert_null(pqpool_checkout(pool, &error));
    assert_int_equal(error.failure, PQPOOL_FAILURE_EXPIRED);
    assert_string_equal(error.text, "timeout expired while waiting for SELECT 1");
    pqpool_checkin(pool_checkout(pool));
    assert_int_equal(kill(frozen, SIGCONT), 0);
    pool_assert_history(
        &history, "0 checkout, 0 ping cut short, 0 close done, 1 checkout, 1 ping answered, 1 checkin");
    pqpool_free(pool);
}

// A socket that listens and never answers, as a path that swallows everything after the handshake.
static void test_connecting_has_a_deadline(void **state)
{
    static const struct {
        bool pre_ping;
        int connect_timeout_ms, checkout_timeout_ms;
        const char *history;
        int64_t least_ms;
    } cases[] = {
        {true, 0, 300, "0 checkout, 0 connect expired, 0 close done", 300},
        {false, 100, 0, "0 checkout, 0 connect expired, 0 close done", 100},
        {true, 100, 0,
            "0 checkout, 0 connect expired, 0 checkout, 0 connect expired, 0 checkout, 0 connect expired, 0 close done",
            300},
        {true, 60000, 300, "0 checkout, 0 connect expired, 0 close done", 300},
    };
    (void)state;
    int port, listener = pool_listen(&port);
    char conninfo[64];
    snprintf(conninfo, sizeof conninfo, "hostaddr=127.0.0.1 port=%d user=app", port);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pool_history history;
        struct pqpool_error error;
        struct pqpool_options options = {.conninfo = conninfo,
            .size = 1,
            .pre_ping = cases[i].pre_ping,
            .connect_timeout_ms = cases[i].connect_timeout_ms,
            .checkout_timeout_ms = cases[i].checkout_timeout_ms};
        struct pqpool *pool = pool_open(NULL, options, &history);
        int64_t start_ms = pool_now_ms();
        assert_null(pqpool_checkout(pool, &error));
        assert_in_range(pool_now_ms() - start_ms, cases[i].least_ms, 5000);
        assert_int_equal(error.failure, PQPOOL_FAILURE_EXPIRED);
        assert_string_equal(error.text, "timeout expired while connecting");
        pool_assert_history(&history, cases[i].history);
        pqpool_free(pool);
    }
    close(listener);
}

static void test_waiting_has_a_deadline(void **state)
{
    struct pqpool_error error;
    struct pqpool *pool = pool_open(
        *state, (struct pqpool_options){.size = 1, .checkout_timeout_ms = 2000}, NULL);
    struct pqpool_connection *connection = pool_checkout(pool);
    int64_t start_ms = pool_now_ms();
    assert_null(pqpool_checkout(pool, &error));
    assert_in_range(pool_now_ms() - start_ms, 2000, 20000);
    assert_int_equal(error.failure, PQPOOL_FAILURE_EXHAUSTED);
    assert_string_equal(error.text, "no connection became free within 2000 ms");
    pqpool_checkin(connection);
    pqpool_checkin(pool_checkout(pool));
    struct pqpool_statistics now;
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.waits, 1);
    assert_in_range(now.longest_wait_us, 2000 * 1000, 20000 * 1000);
    assert_int_equal(now.waited_us, now.longest_wait_us);
    pqpool_free(pool);
}

static void test_an_open_transaction_is_rolled_back(void **state)
{
    static const struct {
        const char *statements[2];
        int rollbacks;
        const char *history;
    } cases[] = {
        {{"SELECT 2"}, 0, "0 checkout, 0 checkin"},
        {{"BEGIN", "COMMIT"}, 0, "0 checkout, 0 checkin"},
        {{"BEGIN", "INSERT INTO blog_posts (key) VALUES ('undone')"}, 1,
            "0 checkout, 0 in transaction, 0 rolled back"},
        {{"BEGIN", "SELECT nonsense"}, 1, "0 checkout, 0 in transaction, 0 rolled back"},
    };
    struct pool_history history;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, &history);
    pool_warm_up(pool, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int rollbacks = postgres_count_in_log(*state, "statement: ROLLBACK");
        history.text[0] = '\0';
        struct pqpool_connection *connection = pool_checkout(pool);
        for (size_t n = 0; n < 2 && cases[i].statements[n]; n++)
            PQclear(PQexec(pqpool_pgconn(connection), cases[i].statements[n]));
        pqpool_checkin(connection);
        pool_assert_history(&history, cases[i].history);
        assert_int_equal(
            postgres_count_in_log(*state, "statement: ROLLBACK") - rollbacks, cases[i].rollbacks);
    }
    assert_int_equal(postgres_query_int(*state, "SELECT count(*) FROM blog_posts WHERE key = 'undone'"), 0);
    pqpool_free(pool);
}

static void test_a_roll_back_has_a_deadline(void **state)
{
    struct pool_history history;
    struct pqpool *pool = pool_open(
        *state, (struct pqpool_options){.size = 1, .reset_timeout_ms = 200}, &history);
    struct pqpool_connection *connection = pool_checkout(pool);
    assert_statement(connection, "BEGIN");
    int frozen = pool_backend(connection);
    assert_int_equal(kill(frozen, SIGSTOP), 0);
    int64_t start_ms = pool_now_ms();
    pqpool_checkin(connection);
    assert_in_range(pool_now_ms() - start_ms, 200, 5000);
    assert_int_equal(kill(frozen, SIGCONT), 0);
    pool_assert_history(&history, "0 checkout, 0 connected, 0 in transaction, 0 reset failed, 0 close done");
    pqpool_free(pool);
}

// The server reads nothing, and the socket is full: PQfinish alone would wait for room without end.
static void test_closing_does_not_wait_for_a_full_socket(void **state)
{
    static char junk[1 << 16];
    struct pool_history history;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, &history);
    struct pqpool_connection *connection = pool_checkout(pool);
    PGconn *pgconn = pqpool_pgconn(connection);
    int frozen = PQbackendPID(pgconn);
    PQclear(PQexec(pgconn, "COPY blog_posts (key) FROM STDIN"));
    assert_int_equal(kill(frozen, SIGSTOP), 0);
    assert_int_equal(PQputCopyData(pgconn, "row\n", 4), 1); // libpq holds it back until there is more
    while (send(PQsocket(pgconn), junk, sizeof junk, MSG_DONTWAIT) > 0)
        continue;
    int64_t start_ms = pool_now_ms();
    pqpool_checkin(connection);
    assert_in_range(pool_now_ms() - start_ms, 0, 5000);
    assert_int_equal(kill(frozen, SIGCONT), 0);
    pool_assert_history(&history, "0 checkout, 0 connected, 0 unclean, 0 close done");
    pqpool_free(pool);
}

static void enter_pipeline(PGconn *pgconn)
{
    assert_int_equal(PQenterPipelineMode(pgconn), 1);
}

static void go_non_blocking(PGconn *pgconn)
{
    assert_int_equal(PQsetnonblocking(pgconn, 1), 0);
}

static void send_and_leave(PGconn *pgconn)
{
    assert_int_equal(PQsendQuery(pgconn, "SELECT pg_sleep(60)"), 1);
}

static void test_a_connection_given_back_unclean_is_closed(void **state)
{
    static void (*const cases[])(PGconn *) = {enter_pipeline, go_non_blocking, send_and_leave};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pool_history history;
        struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, &history);
        struct pqpool_connection *connection = pool_checkout(pool);
        cases[i](pqpool_pgconn(connection));
        pqpool_checkin(connection);
        pool_assert_history(&history, "0 checkout, 0 connected, 0 unclean, 0 close done");
        pqpool_free(pool);
    }
}

// Every way out of a session gives its socket back.
static void test_no_descriptor_is_lost(void **state)
{
    const struct postgres *server = *state;
    struct pqpool_error error;
    struct pqpool *pool = pool_open(
        server, (struct pqpool_options){.size = 2, .order = PQPOOL_FIFO, .pre_ping = true}, NULL);
    int before = pool_count_descriptors();
    for (int i = 0; i < 3; i++) {
        pool_warm_up(pool, 2);
        struct pqpool_connection *connection = pool_checkout(pool);
        postgres_terminate_backend(server, pool_backend(connection));
        pqpool_checkin(connection);
        pool_warm_up(pool, 2); // ping failed, outdated
        connection = pool_checkout(pool);
        go_non_blocking(pqpool_pgconn(connection));
        pqpool_checkin(connection);
        allow_connections(server, false);
        pqpool_checkin(pool_checkout(pool)); // the other one, alive
        struct pqpool_connection *alive = pool_checkout(pool);
        assert_null(pqpool_checkout(pool, &error));
        allow_connections(server, true);
        pqpool_checkin(alive);
    }
    assert_int_equal(pool_count_descriptors(), before + 1); // `alive` is idle
    pqpool_free(pool);
    assert_int_equal(pool_count_descriptors(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connections_are_opened_when_needed_and_used_in_turn),
        cmocka_unit_test(test_none_hands_out_a_dead_connection_and_replaces_it_later),
        cmocka_unit_test(test_a_ping_costs_one_statement),
        cmocka_unit_test(test_a_failed_ping_replaces_all_older_connections),
        cmocka_unit_test(test_a_late_loser_outdates_nothing_newer),
        cmocka_unit_test(test_the_connection_error_surfaces_after_three_tries),
        cmocka_unit_test(test_a_ping_deadline_replaces_a_silent_connection),
        cmocka_unit_test(test_a_checkout_cut_short_accuses_only_its_own_connection),
        cmocka_unit_test(test_connecting_has_a_deadline),
        cmocka_unit_test(test_waiting_has_a_deadline),
        cmocka_unit_test(test_an_open_transaction_is_rolled_back),
        cmocka_unit_test(test_a_roll_back_has_a_deadline),
        cmocka_unit_test(test_closing_does_not_wait_for_a_full_socket),
        cmocka_unit_test(test_a_connection_given_back_unclean_is_closed),
        cmocka_unit_test(test_no_descriptor_is_lost),
    };
    return cmocka_run_group_tests_name("pqpool", tests, postgres_set_up, postgres_tear_down);
}
