// The queue: who came first is served first, and is woken without the lock. The Makefile links this program
// with --wrap for wake-ups and the clock.
#include "pool_fixture.h"

#include "pqpool_monitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define WAITERS (PQPOOL_WAITERS + 2) // more than the pool has waiters for

struct order {
    struct pqpool *pool;
    // written by who has the only place
    pthread_t served[WAITERS];
    int64_t begun_us[WAITERS];
    unsigned count;
};

static void *wait_in_line(void *argument)
{
    struct order *order = argument;
    struct pqpool_error error;
    struct pqpool_connection *connection = pqpool_checkout(order->pool, &error);
    if (connection) {
        const struct pqpool_place *place = pool_place(connection);
        order->begun_us[order->count] = place->turn_over_us - place->turn_us;
        order->served[order->count++] = pthread_self();
    }
    pqpool_checkin(connection);
    return NULL;
}

static void test_who_came_first_is_served_first(void **state)
{
    struct order order = {.pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL)};
    pthread_t threads[WAITERS];
    struct pqpool_connection *out = pool_checkout(order.pool);
    int64_t start_us = pqpool_now_us();
    for (unsigned i = 0; i < WAITERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, wait_in_line, &order), 0);
        pool_wait_for_waiting(order.pool, i + 1);
    }
    pqpool_checkin(out);
    for (unsigned i = 0; i < WAITERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(order.count, WAITERS);
    for (unsigned i = 0; i < WAITERS; i++) {
        assert_true(pthread_equal(order.served[i], threads[i]));
        assert_in_range(order.begun_us[i], start_us, pqpool_now_us());
    }
    struct pqpool_statistics now;
    pqpool_get_statistics(order.pool, &now);
    assert_int_equal(now.waits, WAITERS);
    assert_in_range(now.waited_us, now.longest_wait_us + 1, WAITERS * now.longest_wait_us);
    unsigned spare = 0;
    const struct pqpool_waiter *waiter;
    SLIST_FOREACH (waiter, &order.pool->spare_waiters, spare)
        spare++;
    assert_int_equal(spare, PQPOOL_WAITERS);
    pqpool_free(order.pool);
}

// What is closed makes room for a new session.
static void test_who_waits_is_served_by_a_place_that_is_closed(void **state)
{
    struct pool_arrival arrival;
    struct pqpool *pool = pool_open_patient(*state, 1, PQPOOL_LIFO);
    struct pqpool_connection *out = pool_checkout(pool);
    pool_enqueue(&arrival, pool);
    assert_int_equal(PQsetnonblocking(pqpool_pgconn(out), 1), 0);
    pqpool_checkin(out);
    pool_must_have_been_served(&arrival);
}

// Wake-ups that were sent by who had this pool locked, and by others. NULL: not counted.
static struct {
    _Atomic(struct pqpool *) pool;
    atomic_uint locked, unlocked;
} wake_ups;

int __real_pthread_cond_signal(pthread_cond_t *condition);
int __wrap_pthread_cond_signal(pthread_cond_t *condition);
int __wrap_pthread_cond_signal(pthread_cond_t *condition)
{
    struct pqpool *pool = wake_ups.pool;
    if (pool && pool->lock.__data.__owner == gettid()) // glibc's own word; another may have the lock by now
        wake_ups.locked++;
    else if (pool)
        wake_ups.unlocked++;
    return __real_pthread_cond_signal(condition);
}

static void count_wake_ups(struct pqpool *pool)
{
    wake_ups.locked = wake_ups.unlocked = 0;
    wake_ups.pool = pool;
}

// Who was woken would find the lock taken.
static void test_wake_ups_are_sent_without_the_lock(void **state)
{
    struct pool_arrival arrival;
    struct pqpool *pool = pool_open_patient(*state, 1, PQPOOL_LIFO);
    struct pqpool_connection *out = pool_checkout(pool);
    pool_enqueue(&arrival, pool);
    count_wake_ups(pool);
    pqpool_checkin(out);
    wake_ups.pool = NULL;
    assert_int_equal(wake_ups.locked, 0);
    assert_int_equal(wake_ups.unlocked, 1);
    pool_must_have_been_served(&arrival);
}

// It finds what is the first's, and must not sleep before it has told so.
static void test_who_lines_up_wakes_the_first(void **state)
{
    struct pool_arrival first, second;
    struct pqpool_statistics now;
    struct pqpool *pool = pool_open_patient(*state, 1, PQPOOL_LIFO);
    struct pqpool_place *out = pool_checkout_place(pool);
    pool_enqueue(&first, pool);
    out->turn_over_us = pqpool_now_us() + POOL_HOUR_US;
    pool_checkin_place(out); // it waits for the end of the turn
    out->turn_over_us = pqpool_now_us();
    count_wake_ups(pool);
    pool_arrive(&second, pool);
    assert_int_equal(pthread_join(first.thread, NULL), 0);
    assert_int_equal(first.caller.failure, PQPOOL_FAILURE_NONE);
    wake_ups.pool = NULL;
    assert_int_equal(wake_ups.locked, 0);
    pqpool_get_statistics(pool, &now);
    assert_in_range(now.longest_wait_us, 0, POOL_HOUR_US / 360 - 1); // ten seconds: half of its deadline
    pool_must_have_been_served(&second);
}

static _Thread_local int readings;

int64_t __real_pqpool_now_us(void);
int64_t __wrap_pqpool_now_us(void);
int64_t __wrap_pqpool_now_us(void)
{
    readings++;
    return __real_pqpool_now_us();
}

// When nothing is parked nor in a turn, a place that is handed over is not held up: the clock is read to see
// whether it was used briefly, and not to look for turns that are over.
static void test_who_hands_over_looks_for_nothing_else(void **state)
{
    struct pool_arrival arrivals[3];
    struct pqpool *pool = pool_open_patient(*state, 1, PQPOOL_LIFO);
    struct pqpool_connection *out = pool_checkout(pool);
    for (unsigned i = 0; i < 3; i++)
        pool_arrive(&arrivals[i], pool);
    pool_wait_for_waiting(pool, 3);
    readings = 0;
    pqpool_checkin(out);
    assert_int_equal(readings, 1);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(arrivals[i].thread, NULL), 0);
        assert_int_equal(arrivals[i].caller.failure, PQPOOL_FAILURE_NONE);
    }
    pqpool_free(pool);
}

static void test_a_waiter_is_reused(void **state)
{
    struct pqpool_waiter on_stack;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    pthread_mutex_lock(&pool->lock);
    for (int i = 0; i < 2; i++) {
        struct pqpool_waiter *waiter = pqpool_enqueue(pool, &on_stack);
        assert_int_equal(waiter->look_us, PQPOOL_NEVER);
        assert_null(waiter->given);
        waiter->look_us = POOL_HOUR_US;
        waiter->given = pool->places;
        pqpool_dequeue(pool, waiter);
        pqpool_release_waiter(pool, waiter);
    }
    pqpool_unlock(pool);
    pqpool_free(pool);
}

static void test_all_who_wait_are_told_of_a_drain(void **state)
{
    struct pool_arrival arrivals[WAITERS];
    struct pqpool *pool = pool_open_patient(*state, 1, PQPOOL_LIFO);
    struct pqpool_connection *out = pool_checkout(pool);
    for (unsigned i = 0; i < WAITERS; i++)
        pool_arrive(&arrivals[i], pool);
    pool_wait_for_waiting(pool, WAITERS);
    assert_int_equal(pqpool_drain(pool, 1), 1);
    for (unsigned i = 0; i < WAITERS; i++) {
        assert_int_equal(pthread_join(arrivals[i].thread, NULL), 0);
        assert_int_equal(arrivals[i].caller.failure, PQPOOL_FAILURE_CLOSED);
    }
    pqpool_checkin(out);
    pqpool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_came_first_is_served_first),
        cmocka_unit_test(test_who_waits_is_served_by_a_place_that_is_closed),
        cmocka_unit_test(test_wake_ups_are_sent_without_the_lock),
        cmocka_unit_test(test_who_lines_up_wakes_the_first),
        cmocka_unit_test(test_who_hands_over_looks_for_nothing_else),
        cmocka_unit_test(test_a_waiter_is_reused),
        cmocka_unit_test(test_all_who_wait_are_told_of_a_drain),
    };
    return cmocka_run_group_tests_name("pqpool_waiters", tests, postgres_set_up, postgres_tear_down);
}
