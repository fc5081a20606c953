// How a pool begins and ends: the minimum, the drain, and threads that are cancelled.
#include "pool_fixture.h"

#include "pqpool_types.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void test_the_minimum_is_opened_at_once(void **state)
{
    struct pqpool_error error;
    struct pqpool_statistics now;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 3, .minimum = 2}, NULL);
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.places[PQPOOL_IDLE], 2);
    assert_int_equal(now.changes[PQPOOL_CONNECTED], 2);
    pqpool_free(pool);
    struct pqpool_options options = {.conninfo = "hostaddr=127.0.0.1 port=1", .size = 1, .minimum = 1};
    assert_null(pqpool_new(&options, &error));
    assert_int_equal(error.failure, PQPOOL_FAILURE_CONNECT);
}

struct drainer {
    struct pqpool *pool;
    unsigned left;
};

static void *drain(void *argument)
{
    struct drainer *drainer = argument;
    drainer->left = pqpool_drain(drainer->pool, 60000);
    return NULL;
}

static void test_a_drain_waits_for_what_is_out_and_says_what_is_left(void **state)
{
    struct pool_history history;
    struct pqpool_error error;
    pthread_t waiter, drainer;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 2, .minimum = 2}, &history);
    struct pqpool_connection *out = pool_checkout(pool);
    history.text[0] = '\0';
    assert_int_equal(pqpool_drain(pool, 10), 1);
    pool_assert_history(&history, "0 drained, 0 close done");
    assert_null(pqpool_checkout(pool, &error));
    assert_int_equal(error.failure, PQPOOL_FAILURE_CLOSED);
    assert_true(pool_is_alive(pqpool_pgconn(out)));
    struct drainer drained = {.pool = pool, .left = 99};
    int64_t start_ms = pool_now_ms();
    assert_int_equal(pthread_create(&drainer, NULL, drain, &drained), 0);
    poll(NULL, 0, 200); // it waits by now
    pqpool_checkin(out);
    assert_int_equal(pthread_join(drainer, NULL), 0);
    assert_int_equal(drained.left, 0);
    assert_in_range(pool_now_ms() - start_ms, 0, 30000); // of 60000
    pool_assert_history(&history, "1 drained, 1 close done");
    pqpool_free(pool);

    pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    out = pool_checkout(pool);
    struct pool_caller caller = {.pool = pool};
    assert_int_equal(pthread_create(&waiter, NULL, pool_call, &caller), 0);
    pool_wait_for_waiting(pool, 1);
    assert_int_equal(pqpool_drain(pool, 10), 1);
    assert_int_equal(pthread_join(waiter, NULL), 0);
    assert_int_equal(caller.failure, PQPOOL_FAILURE_CLOSED);
    pqpool_checkin(out);
    pqpool_free(pool);
}

static void test_a_drain_closes_what_is_parked_and_nothing_is_parked_then(void **state)
{
    struct pqpool_statistics now;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 2}, NULL);
    struct pqpool_connection *out = pool_checkout(pool);
    pqpool_checkin(pool_checkout(pool));
    assert_int_equal(pqpool_drain(pool, 10), 1);
    pqpool_checkin(out);
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.places[PQPOOL_CLOSED], 2);
    pqpool_free(pool);
}

static void *be_cancelled(void *argument)
{
    pool_call(argument);
    pthread_testcancel();
    return NULL;
}

static void test_a_cancelled_waiter_loses_nothing(void **state)
{
    struct pqpool_statistics now;
    void *result;
    pthread_t thread;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    struct pqpool_connection *out = pool_checkout(pool);
    struct pool_caller caller = {.pool = pool, .failure = PQPOOL_FAILURE_USAGE};
    assert_int_equal(pthread_create(&thread, NULL, be_cancelled, &caller), 0);
    pool_wait_for_waiting(pool, 1);
    assert_int_equal(pthread_cancel(thread), 0);
    pqpool_checkin(out);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, PTHREAD_CANCELED);
    assert_int_equal(caller.failure, PQPOOL_FAILURE_NONE);
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.places[PQPOOL_IDLE], 1);
    assert_int_equal(now.waiting, 0);
    pqpool_free(pool);
}

struct statement {
    struct pqpool *pool;
    struct pqpool_error
        error; // not on the thread's stack: AddressSanitizer does not see that a cancelled frame has gone
};

static void *execute_and_be_cancelled(void *argument)
{
    struct statement *statement = argument;
    PQclear(pqpool_exec(statement->pool, "SELECT pg_sleep(0.5)", 0, NULL, 0, 0, &statement->error));
    pthread_testcancel();
    return NULL;
}

static void test_a_statement_of_a_cancelled_thread_gives_its_place_back(void **state)
{
    struct pqpool_statistics now;
    void *result;
    pthread_t thread;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    struct statement statement = {.pool = pool};
    assert_int_equal(pthread_create(&thread, NULL, execute_and_be_cancelled, &statement), 0);
    do {
        pqpool_get_statistics(pool, &now);
    } while (now.places[PQPOOL_CHECKED_OUT] == 0);
    assert_int_equal(pthread_cancel(thread), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, PTHREAD_CANCELED);
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.places[PQPOOL_IDLE], 1);
    pqpool_free(pool);
}

struct course {
    const char *conninfo;
    struct pqpool_error error;
    int steps; // so many calls came back
};

// With a cancellation pending from the first call on. Only the transaction is begun without one: libpq is a
// point of cancellation. Nor is the end of the thread one: AddressSanitizer would not see that its frames
// have gone.
static void *use_while_cancelled(void *argument)
{
    struct course *course = argument;
    int cancellable;
    struct pqpool_options options = {.conninfo = course->conninfo, .size = 1, .minimum = 1};
    pthread_cancel(pthread_self());
    struct pqpool *pool = pqpool_new(&options, &course->error);
    course->steps++;
    struct pqpool_connection *connection = pqpool_checkout(pool, &course->error);
    course->steps++;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
    PQclear(PQexec(pqpool_pgconn(connection), "BEGIN"));
    pthread_setcancelstate(cancellable, &cancellable);
    pqpool_checkin(connection);
    course->steps++;
    PQclear(pqpool_exec(pool, "SELECT 7", 0, NULL, 0, 0, &course->error));
    course->steps++;
    connection = pqpool_checkout(pool, &course->error);
    pqpool_drain(pool, 10);
    course->steps++;
    pqpool_checkin(connection);
    course->steps++;
    pqpool_free(pool);
    course->steps++;
    pqpool_free(pqpool_new(&options, &course->error)); // with a session to close
    course->steps++;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
    return course;
}

static void test_no_call_is_a_point_of_cancellation(void **state)
{
    const struct postgres *server = *state;
    struct course course = {.conninfo = server->conninfo};
    pthread_t thread;
    void *result;
    assert_int_equal(pthread_create(&thread, NULL, use_while_cancelled, &course), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, &course);
    assert_int_equal(course.steps, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_minimum_is_opened_at_once),
        cmocka_unit_test(test_a_drain_waits_for_what_is_out_and_says_what_is_left),
        cmocka_unit_test(test_a_drain_closes_what_is_parked_and_nothing_is_parked_then),
        cmocka_unit_test(test_a_cancelled_waiter_loses_nothing),
        cmocka_unit_test(test_a_statement_of_a_cancelled_thread_gives_its_place_back),
        cmocka_unit_test(test_no_call_is_a_point_of_cancellation),
    };
    return cmocka_run_group_tests_name("pqpool_life", tests, postgres_set_up, postgres_tear_down);
}
