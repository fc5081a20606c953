// Many threads on few connections: exclusive use, the order of waiting, and nothing left behind.
#include "pool_fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define THREADS 8
#define PLACES  3
#define CYCLES  60

struct crowd {
    const struct postgres *server;
    struct pqpool *pool;
    atomic_int committed;
};

// Not in cmocka's thread: no assertions here, the sum tells.
static bool commit_one_row(PGconn *pgconn)
{
    static const char *const statements[] = {
        "BEGIN", "INSERT INTO blog_posts (key) VALUES ('crowd')", "COMMIT"};
    bool good = true;
    for (size_t i = 0; good && i < sizeof statements / sizeof *statements; i++) {
        PGresult *result = PQexec(pgconn, statements[i]);
        good = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
    }
    return good;
}

// Every seventh leaves its transaction open, every eleventh ends its own session.
static void *come_and_go(void *argument)
{
    struct crowd *crowd = argument;
    struct pqpool_error error;
    for (int i = 1; i <= CYCLES; i++) {
        struct pqpool_connection *connection = pqpool_checkout(crowd->pool, &error);
        if (!connection)
            continue;
        PGconn *pgconn = pqpool_pgconn(connection);
        if (i % 11 == 0)
            PQclear(PQexec(pgconn, "SELECT pg_terminate_backend(pg_backend_pid())"));
        else if (i % 7 == 0)
            PQclear(PQexec(pgconn, "BEGIN; INSERT INTO blog_posts (key) VALUES ('crowd')"));
        else
            crowd->committed += commit_one_row(pgconn);
        pqpool_checkin(connection);
    }
    return NULL;
}

static void test_a_crowd_shares_few_connections(void **state)
{
    struct crowd crowd = {.server = *state};
    struct pqpool_options options = {.size = PLACES, .pre_ping = true};
    crowd.pool = pool_open(crowd.server, options, NULL);
    int descriptors = pool_count_descriptors();
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, &crowd), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);

    struct pqpool_statistics end;
    pqpool_get_statistics(crowd.pool, &end);
    int ended = THREADS * (CYCLES / 11), open = THREADS * (CYCLES / 7); // 7 * 11 > CYCLES: none is both
    assert_int_equal(crowd.committed, THREADS * CYCLES - ended - open);
    assert_int_equal(postgres_query_int(crowd.server, "SELECT count(*) FROM blog_posts WHERE key = 'crowd'"),
        crowd.committed);
    assert_int_equal(end.changes[PQPOOL_BROKEN], ended);
    assert_int_equal(end.changes[PQPOOL_ROLLED_BACK], open);
    assert_int_equal(end.changes[PQPOOL_CHECKIN], crowd.committed);
    assert_int_equal(end.changes[PQPOOL_PING_FAILED], 0);
    assert_int_equal(end.places[PQPOOL_IDLE] + end.places[PQPOOL_CLOSED], PLACES);
    assert_int_equal(end.waiting, 0);
    pqpool_free(crowd.pool);
    assert_int_equal(pool_count_descriptors(), descriptors);
}

struct waiter {
    struct pqpool *pool;
    atomic_int *turns;
    int turn; // 1: was served first
};

static void *wait_for_turn(void *argument)
{
    struct waiter *waiter = argument;
    struct pqpool_error error;
    struct pqpool_connection *connection = pqpool_checkout(waiter->pool, &error);
    if (connection)
        waiter->turn = ++*waiter->turns;
    pqpool_checkin(connection);
    return NULL;
}

static void test_who_comes_first_is_served_first(void **state)
{
    struct waiter waiters[THREADS];
    pthread_t threads[THREADS];
    atomic_int turns = 0;
    struct pqpool_options options = {.size = 1, .checkout_timeout_ms = 30000};
    struct pqpool *pool = pool_open(*state, options, NULL);
    struct pqpool_connection *connection = pool_checkout(pool);
    for (int i = 0; i < THREADS; i++) {
        waiters[i] = (struct waiter){pool, &turns, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, wait_for_turn, &waiters[i]), 0);
        pool_wait_for_waiting(pool, (unsigned)i + 1);
    }
    pqpool_checkin(connection);
    pqpool_checkin(pool_checkout(pool)); // comes last, although the place was free a moment ago
    assert_int_equal(turns, THREADS);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(waiters[i].turn, i + 1);
    }
    pqpool_free(pool);
}

// A waiter gives up in the middle of the queue; those behind it are served all the same.
static void test_a_waiter_that_gives_up_holds_up_nobody(void **state)
{
    struct pqpool_error error;
    atomic_int turns = 0;
    struct pqpool_options options = {.size = 2, .checkout_timeout_ms = 3000};
    struct pqpool *pool = pool_open(*state, options, NULL);
    struct pqpool_connection *first = pool_checkout(pool), *second = pool_checkout(pool);
    assert_null(pqpool_checkout(pool, &error));
    struct waiter waiters[2];
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        waiters[i] = (struct waiter){pool, &turns, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, wait_for_turn, &waiters[i]), 0);
    }
    pqpool_checkin(first);
    pqpool_checkin(second);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(turns, 2);
    pqpool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_crowd_shares_few_connections),
        cmocka_unit_test(test_who_comes_first_is_served_first),
        cmocka_unit_test(test_a_waiter_that_gives_up_holds_up_nobody),
    };
    return cmocka_run_group_tests_name("pqpool_threads", tests, postgres_set_up, postgres_tear_down);
}
