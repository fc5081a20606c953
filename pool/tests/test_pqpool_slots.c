// The fast path, without the lock: what is parked is neither lost nor forgotten. The Makefile links this
// program with --wrap for the moments in which something happens between two steps of the pool.
#include "pool_fixture.h"

#include "pqpool_owner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_the_fast_path_counts_as_the_slow_one(void **state)
{
    struct pqpool_statistics now;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 2}, NULL);
    for (int i = 0; i < 5; i++) {
        struct pqpool_connection *connection = pool_checkout(pool);
        pqpool_get_statistics(pool, &now);
        assert_int_equal(now.places[PQPOOL_CHECKED_OUT], 1);
        assert_int_equal(now.changes[PQPOOL_CHECKOUT], i + 1);
        pqpool_checkin(connection);
        pqpool_get_statistics(pool, &now);
        assert_int_equal(now.places[PQPOOL_IDLE], 1);
        assert_int_equal(now.changes[PQPOOL_CHECKIN], i + 1);
    }
    assert_int_equal(now.changes[PQPOOL_CONNECTED], 1);
    assert_int_equal(pool->places[0].returns, 4);
    struct pool_caller caller = {.pool = pool, .failure = PQPOOL_FAILURE_USAGE};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, pool_call, &caller), 0); // takes it out of our slot
    assert_int_equal(pthread_join(thread, NULL), 0);
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.changes[PQPOOL_CONNECTED], 1);
    assert_int_equal(now.changes[PQPOOL_CHECKIN], 6);
    pqpool_free(pool);
}

#define CYCLERS 4
#define CYCLES  20000

static void *cycle_often(void *argument)
{
    struct pool_caller *caller = argument;
    struct pqpool_error error;
    for (int i = 0; i < CYCLES; i++) {
        struct pqpool_connection *connection = pqpool_checkout(caller->pool, &error);
        if (!connection)
            return argument;
        pqpool_checkin(connection);
    }
    return NULL;
}

static void run_cyclers(struct pqpool *pool)
{
    pthread_t threads[CYCLERS];
    struct pool_caller caller = {.pool = pool};
    for (int i = 0; i < CYCLERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, cycle_often, &caller), 0);
    for (int i = 0; i < CYCLERS; i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

// Nobody sleeps for ever beside a session in a slot, and no session is lost or handed out twice.
static void test_no_wake_up_is_lost(void **state)
{
    for (unsigned row = 0; row < 2 * CYCLERS; row++) {
        struct pqpool_statistics end;
        unsigned size = 1 + row / 2;
        struct pqpool_options options = {.size = size, .minimum = size, .checkout_timeout_ms = 60000};
        options.order = row % 2 ? PQPOOL_FIFO : PQPOOL_LIFO;
        struct pqpool *pool = pool_open(*state, options, NULL);
        run_cyclers(pool);
        pqpool_get_statistics(pool, &end);
        assert_int_equal(end.changes[PQPOOL_CHECKOUT], CYCLERS * CYCLES + size);
        assert_int_equal(end.changes[PQPOOL_CHECKIN], CYCLERS * CYCLES + size);
        assert_int_equal(end.places[PQPOOL_IDLE], size);
        pqpool_free(pool);
    }
}

enum point {
    NOWHERE,
    READING_THE_CLOCK,
    ENQUEUEING,
};

// Happens in this thread the next time that it comes to that point.
static _Thread_local struct {
    enum point at;
    void (*happens)(void *argument);
    void *argument;
} interruption;

static void reached(enum point point)
{
    if (interruption.at != point)
        return;
    interruption.at = NOWHERE;
    interruption.happens(interruption.argument);
}

int64_t __real_pqpool_now_us(void);
int64_t __wrap_pqpool_now_us(void);
int64_t __wrap_pqpool_now_us(void)
{
    reached(READING_THE_CLOCK);
    return __real_pqpool_now_us();
}

struct pqpool_waiter *__real_pqpool_enqueue(struct pqpool *pool, struct pqpool_waiter *on_stack);
struct pqpool_waiter *__wrap_pqpool_enqueue(struct pqpool *pool, struct pqpool_waiter *on_stack);
struct pqpool_waiter *__wrap_pqpool_enqueue(struct pqpool *pool, struct pqpool_waiter *on_stack)
{
    reached(ENQUEUEING);
    return __real_pqpool_enqueue(pool, on_stack);
}

struct newcomer {
    struct pool_arrival arrival;
    struct pqpool_place *out; // its turn ends when he comes
};

static void arrive(void *argument)
{
    struct newcomer *newcomer = argument;
    pool_enqueue(&newcomer->arrival, newcomer->out->pool);
    newcomer->out->turn_over_us = pqpool_now_us();
}

// The one has seen that it may park and has not parked yet, and reads the clock; the other comes, looks into
// the slots and goes to sleep.
static void test_who_parks_looks_again(void **state)
{
    struct pqpool *pool = pool_open_patient(*state, 1, PQPOOL_LIFO);
    struct newcomer newcomer = {.out = pool_checkout_place(pool)};
    newcomer.out->turn_over_us = pqpool_now_us() + POOL_HOUR_US;
    interruption.at = READING_THE_CLOCK;
    interruption.happens = arrive;
    interruption.argument = &newcomer;
    pool_checkin_place(newcomer.out);
    assert_int_equal(interruption.at, NOWHERE);
    pool_must_have_been_served(&newcomer.arrival);
}

static void park(void *connection)
{
    pool_check_in_elsewhere(connection);
}

// The one is about to look, or has found nothing and is not in the queue yet; the other parks.
static void test_who_enqueues_looks_again(void **state)
{
    for (enum point point = READING_THE_CLOCK; point <= ENQUEUEING; point++) {
        struct pqpool_options options = {.size = 1, .checkout_timeout_ms = 10000};
        struct pqpool *pool = pool_open(*state, options, NULL);
        interruption.argument = pool_checkout(pool);
        interruption.happens = park;
        interruption.at = point;
        pqpool_checkin(pool_checkout(pool));
        assert_int_equal(interruption.at, NOWHERE);
        pqpool_free(pool);
    }
}

// As long as somebody waited, there was nothing in the slots.
static void test_what_is_parked_after_a_wait_is_found(void **state)
{
    struct pool_arrival arrival;
    struct pqpool *pool = pool_open_patient(*state, 1, PQPOOL_LIFO);
    struct pqpool_place *out = pool_checkout_place(pool);
    pool_enqueue(&arrival, pool);
    pool_checkin_place(out);
    assert_int_equal(pthread_join(arrival.thread, NULL), 0);
    assert_ptr_equal(pool_checkout_place(pool), out);
    pool_checkin_place(out);
    pqpool_free(pool);
}

// What others have parked, they find again.
static void test_who_needs_one_takes_one(void **state)
{
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 2}, NULL);
    struct pqpool_connection *parked[] = {pool_checkout(pool), pool_checkout(pool)};
    for (int i = 0; i < 2; i++)
        pool_check_in_elsewhere(parked[i]);
    struct pqpool_connection *out = pool_checkout(pool);
    assert_int_equal(pool->statistics.places[PQPOOL_IDLE], 0);
    pqpool_checkin(out);
    pqpool_free(pool);
}

// Its slot remembers the place; another thread has parked it since, and may have a turn.
static void test_a_thread_takes_nothing_that_another_has_parked(void **state)
{
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    pqpool_checkin(pool_checkout(pool));
    struct pqpool_place *place = pool_checkout_place(pool);
    pool_check_in_elsewhere(pool_handle(place));
    assert_null(pqpool_unpark(pool));
    assert_ptr_equal(pool_checkout_place(pool), place); // through the lock
    pool_checkin_place(place);
    pqpool_free(pool);
}

struct sharer {
    struct pqpool_connection *connection;
    unsigned slot;
};

static void *check_in_through(void *argument)
{
    struct sharer *sharer = argument;
    if (pqpool_thread_number() % PQPOOL_SLOTS != sharer->slot)
        return NULL;
    pqpool_checkin(sharer->connection);
    return sharer;
}

static void test_threads_that_share_a_slot_lose_nothing(void **state)
{
    struct pqpool_statistics now;
    void *done;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 2}, NULL);
    struct pqpool_connection *own = pool_checkout(pool);
    struct sharer sharer = {pool_checkout(pool), pqpool_thread_number() % PQPOOL_SLOTS};
    pqpool_checkin(own);
    do {
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, check_in_through, &sharer), 0);
        assert_int_equal(pthread_join(thread, &done), 0);
    } while (!done);
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.places[PQPOOL_IDLE], 2);
    assert_int_equal(now.places[PQPOOL_CHECKED_OUT], 0);
    pqpool_free(pool);
}

static void test_none_is_parked_while_there_are_too_many(void **state)
{
    struct pqpool_statistics now;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1, .overflow = 1}, NULL);
    pool_warm_up(pool, 2);
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.places[PQPOOL_IDLE], 1);
    assert_int_equal(now.changes[PQPOOL_SURPLUS], 1);
    pqpool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_fast_path_counts_as_the_slow_one),
        cmocka_unit_test(test_no_wake_up_is_lost),
        cmocka_unit_test(test_who_parks_looks_again),
        cmocka_unit_test(test_who_enqueues_looks_again),
        cmocka_unit_test(test_what_is_parked_after_a_wait_is_found),
        cmocka_unit_test(test_who_needs_one_takes_one),
        cmocka_unit_test(test_a_thread_takes_nothing_that_another_has_parked),
        cmocka_unit_test(test_threads_that_share_a_slot_lose_nothing),
        cmocka_unit_test(test_none_is_parked_while_there_are_too_many),
    };
    return cmocka_run_group_tests_name("pqpool_slots", tests, postgres_set_up, postgres_tear_down);
}
