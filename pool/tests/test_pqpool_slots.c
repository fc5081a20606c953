// The short way round the lock, and the turns of those who wait for a place. The Makefile links this program
// with --wrap for the clock and for wake-ups.
#include "pool_fixture.h"

#include "pqpool_private.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

static void test_the_short_way_counts_as_the_long_one(void **state)
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
    assert_int_equal(pool->connections[0].returns, 4);
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

static void *cycle(void *argument)
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

// Nobody sleeps for ever beside a session in a slot, and no session is lost or handed out twice.
static void test_no_wake_up_is_lost(void **state)
{
    for (unsigned size = 1; size <= CYCLERS; size++) {
        struct pqpool_statistics end;
        pthread_t threads[CYCLERS];
        struct pqpool_options options = {.size = size, .minimum = size, .checkout_timeout_ms = 60000};
        struct pool_caller caller = {.pool = pool_open(*state, options, NULL)};
        for (int i = 0; i < CYCLERS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, cycle, &caller), 0);
        for (int i = 0; i < CYCLERS; i++) {
            void *failed;
            assert_int_equal(pthread_join(threads[i], &failed), 0);
            assert_null(failed);
        }
        pqpool_get_statistics(caller.pool, &end);
        assert_int_equal(end.changes[PQPOOL_CHECKOUT], CYCLERS * CYCLES + size);
        assert_int_equal(end.changes[PQPOOL_CHECKIN], CYCLERS * CYCLES + size);
        assert_int_equal(end.places[PQPOOL_IDLE], size);
        pqpool_free(caller.pool);
    }
}

#define WAITERS (PQPOOL_WAITERS + 2) // more than the pool has waiters for

struct order {
    struct pqpool *pool;
    // written by who has the only place
    pthread_t served[WAITERS];
    int64_t turn_over_us[WAITERS];
    unsigned count;
};

static void *wait_in_line(void *argument)
{
    struct order *order = argument;
    struct pqpool_error error;
    struct pqpool_connection *connection = pqpool_checkout(order->pool, &error);
    if (connection) {
        order->turn_over_us[order->count] = connection->turn_over_us;
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
        assert_in_range(order.turn_over_us[i], start_us + PQPOOL_TURN_US, pqpool_now_us() + PQPOOL_TURN_US);
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

// Somebody who lines up for a place and is to get it, however it becomes free.
struct arrival {
    struct pool_caller caller;
    pthread_t thread;
    struct pqpool_connection *out; // where its turn ends with the arrival
};

static struct pqpool *open_patient(void **state, unsigned size)
{
    return pool_open(*state, (struct pqpool_options){.size = size, .checkout_timeout_ms = 20000}, NULL);
}

static void line_up(struct arrival *arrival, struct pqpool *pool)
{
    arrival->caller = (struct pool_caller){.pool = pool, .failure = PQPOOL_FAILURE_USAGE};
    assert_int_equal(pthread_create(&arrival->thread, NULL, pool_call, &arrival->caller), 0);
    pool_wait_for_waiting(pool, 1);
}

// The end of the pool, too.
static void must_have_been_served(struct arrival *arrival)
{
    assert_int_equal(pthread_join(arrival->thread, NULL), 0);
    assert_int_equal(arrival->caller.failure, PQPOOL_FAILURE_NONE);
    pqpool_free(arrival->caller.pool);
}

// What is closed makes room for a new session.
static void test_who_waits_is_served_by_a_place_that_is_closed(void **state)
{
    struct arrival arrival;
    struct pqpool *pool = open_patient(state, 1);
    struct pqpool_connection *out = pool_checkout(pool);
    line_up(&arrival, pool);
    assert_int_equal(PQsetnonblocking(pqpool_pgconn(out), 1), 0);
    pqpool_checkin(out);
    must_have_been_served(&arrival);
}

#define HOUR_US INT64_C(3600000000)

// Somebody waits, and nothing but the thread whose turn it is can end that turn: it is told to look again in
// an hour.
static void test_a_turn_ends_when_the_waiter_has_no_processor(void **state)
{
    struct arrival arrival;
    struct pqpool *pool = open_patient(state, 1);
    struct pqpool_connection *out = pool_checkout(pool);
    line_up(&arrival, pool);
    out->turn_over_us = pqpool_now_us() + HOUR_US;
    for (int i = 0; i < 100; i++) { // its turn
        pqpool_checkin(out);
        assert_ptr_equal(pool_checkout(pool), out);
    }
    pool_wait_for_waiting(pool, 1);
    out->turn_over_us = pqpool_now_us() - HOUR_US;
    for (int i = 0; i < 100; i++) { // one of these hands it on, and the next checkout is behind the waiter
        pqpool_checkin(out);
        out = pool_checkout(pool);
    }
    pool_wait_for_waiting(pool, 0);
    pqpool_checkin(out);
    must_have_been_served(&arrival);
}

// What took long enough for a server to answer is handed on; what did not leaves the turn to its thread.
static void test_the_first_use_decides_whether_there_is_a_turn(void **state)
{
    struct arrival arrival;
    struct pqpool_statistics now;
    struct pqpool *pool = open_patient(state, 1);
    struct pqpool_connection *out = pool_checkout(pool);
    line_up(&arrival, pool);
    out->turn_over_us = pqpool_now_us() + HOUR_US;
    out->turn_is_new = true;
    pqpool_checkin(out);
    assert_false(out->turn_is_new);
    assert_ptr_equal(pool_checkout(pool), out);
    out->turn_over_us = pqpool_now_us() + PQPOOL_TURN_US - PQPOOL_BRIEF_US;
    out->turn_is_new = true;
    atomic_store(&pool->parking, PQPOOL_PARKS_NONE); // the waiter has looked
    pqpool_checkin(out);
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.waiting, 0);
    must_have_been_served(&arrival);
}

// Happens within this thread's reading of the clock: the next, if 1; 0: never.
static _Thread_local struct {
    unsigned reading;
    void (*happens)(void *argument);
    void *argument;
} interruption;

int64_t __real_pqpool_now_us(void);
int64_t __wrap_pqpool_now_us(void);
int64_t __wrap_pqpool_now_us(void)
{
    if (interruption.reading > 0 && --interruption.reading == 0)
        interruption.happens(interruption.argument);
    return __real_pqpool_now_us();
}

static void *check_in(void *connection)
{
    pqpool_checkin(connection);
    return NULL;
}

static void arrive(void *argument)
{
    struct arrival *arrival = argument;
    line_up(arrival, arrival->out->pool);
    arrival->out->turn_over_us = pqpool_now_us();
}

// The one thread has seen that it may park and has not parked yet, and reads the clock; the other comes,
// looks into the slots and goes to sleep.
static void test_who_parks_looks_again(void **state)
{
    struct pqpool *pool = open_patient(state, 1);
    struct pqpool_connection *out = pool_checkout(pool);
    struct arrival arrival = {.out = out};
    out->turn_over_us = pqpool_now_us() + HOUR_US;
    interruption.reading = 1;
    interruption.happens = arrive;
    interruption.argument = &arrival;
    pqpool_checkin(out);
    assert_int_equal(interruption.reading, 0);
    must_have_been_served(&arrival);
}

static void park(void *connection)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, check_in, connection), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

// The one has found nothing, or is about to look, and has not lined up yet; the other parks.
static void test_who_lines_up_looks_again(void **state)
{
    for (unsigned reading = 1; reading <= 2; reading++) {
        struct pqpool_options options = {.size = 1, .checkout_timeout_ms = 10000};
        struct pqpool *pool = pool_open(*state, options, NULL);
        interruption.argument = pool_checkout(pool);
        interruption.happens = park;
        interruption.reading = reading;
        pqpool_checkin(pool_checkout(pool));
        assert_int_equal(interruption.reading, 0);
        pqpool_free(pool);
    }
}

// It is given back the long way once, and then it is nobody's turn any more.
static void test_a_turn_that_is_long_over_is_forgotten(void **state)
{
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    struct pqpool_connection *out = pool_checkout(pool);
    out->turn_over_us = pqpool_now_us() - HOUR_US;
    for (int i = 0; i < 100; i++) {
        pqpool_checkin(out);
        assert_ptr_equal(pool_checkout(pool), out);
    }
    assert_int_equal(out->turn_over_us, 0);
    pqpool_checkin(out);
    pqpool_free(pool);
}

// Who waits is told when the first of several turns is over, whether it is parked or held.
static void test_the_first_turn_that_ends_is_looked_for(void **state)
{
    static const int64_t turns_us[][2] = {{HOUR_US, 2 * HOUR_US}, {2 * HOUR_US, HOUR_US}};
    pthread_t thread;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 2}, NULL);
    struct pqpool_connection *parked[] = {pool_checkout(pool), pool_checkout(pool)};
    pqpool_checkin(parked[0]);
    assert_int_equal(pthread_create(&thread, NULL, check_in, parked[1]), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_mutex_lock(&pool->lock);
    for (int i = 0; i < 2; i++) {
        for (int n = 0; n < 2; n++) {
            parked[n]->turn_over_us = turns_us[i][n];
            parked[n]->in_turn = true;
        }
        assert_false(pqpool_collect(pool, 0));
        assert_int_equal(pool->turn_over_us, HOUR_US);
    }
    parked[0]->in_turn = false; // what its thread did with it was not brief
    assert_true(pqpool_collect(pool, 0));
    assert_false(pqpool_collect(pool, 0));
    assert_true(pqpool_collect(pool, PQPOOL_NEVER));
    pthread_mutex_unlock(&pool->lock);
    struct pqpool_connection *held = pool_checkout(pool);
    assert_ptr_equal(held, parked[1]);
    assert_false(held->in_turn);
    held->turn_over_us = HOUR_US;
    held->in_turn = true;
    pthread_mutex_lock(&pool->lock);
    assert_false(pqpool_collect(pool, HOUR_US - 1));
    assert_int_equal(pool->turn_over_us, HOUR_US);
    assert_true(held->in_turn);
    assert_false(pqpool_collect(pool, HOUR_US));
    assert_int_equal(pool->turn_over_us, PQPOOL_NEVER);
    assert_false(held->in_turn);
    pthread_mutex_unlock(&pool->lock);
    pqpool_checkin(held);
    pqpool_free(pool);
}

static int64_t looks_at(struct pqpool *pool)
{
    pthread_mutex_lock(&pool->lock);
    int64_t time_us = TAILQ_FIRST(&pool->waiters)->look_us;
    pthread_mutex_unlock(&pool->lock);
    return time_us;
}

// Its time is over, and the waiter looks.
static void end_turn(struct pqpool_connection *out)
{
    pthread_mutex_lock(&out->pool->lock);
    struct pqpool_waiter *first = TAILQ_FIRST(&out->pool->waiters);
    out->turn_over_us = first->look_us = pqpool_now_us();
    pthread_cond_signal(&first->turn);
    pthread_mutex_unlock(&out->pool->lock);
}

// When the first of two turns is over, the waiter gets its place at once and not at the end of the second. So
// it does where one place has no turn at all.
static void test_a_turn_is_of_one_place(void **state)
{
    for (int turns = 1; turns <= 2; turns++) {
        struct arrival arrival;
        struct pqpool_statistics now;
        struct pqpool *pool = open_patient(state, 2);
        struct pqpool_connection *out = pool_checkout(pool), *other = pool_checkout(pool);
        line_up(&arrival, pool);
        other->turn_over_us = pqpool_now_us() + 2 * HOUR_US;
        park(other); // in another thread's slot
        if (turns == 2) {
            out->turn_over_us = other->turn_over_us - HOUR_US;
            atomic_store(&pool->parking, PQPOOL_PARKS_NONE);
            pqpool_checkin(out);
            assert_ptr_equal(pool_checkout(pool), out);
            end_turn(out);
            while (looks_at(pool) < other->turn_over_us)
                sched_yield();
        }
        pqpool_checkin(out);
        pqpool_get_statistics(pool, &now);
        assert_int_equal(now.waiting, 0);
        must_have_been_served(&arrival);
    }
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
    struct arrival arrival;
    struct pqpool *pool = open_patient(state, 1);
    struct pqpool_connection *out = pool_checkout(pool);
    line_up(&arrival, pool);
    count_wake_ups(pool);
    pqpool_checkin(out);
    wake_ups.pool = NULL;
    assert_int_equal(wake_ups.locked, 0);
    assert_int_equal(wake_ups.unlocked, 1);
    must_have_been_served(&arrival);
}

// It finds what is the first's, and must not sleep before it has told so.
static void test_who_lines_up_wakes_the_first(void **state)
{
    struct arrival first, second;
    struct pqpool_statistics now;
    struct pqpool *pool = open_patient(state, 1);
    struct pqpool_connection *out = pool_checkout(pool);
    line_up(&first, pool);
    out->turn_over_us = pqpool_now_us() + HOUR_US;
    pqpool_checkin(out); // it waits for the end of the turn
    out->turn_over_us = pqpool_now_us();
    count_wake_ups(pool);
    second.caller = (struct pool_caller){.pool = pool, .failure = PQPOOL_FAILURE_USAGE};
    assert_int_equal(pthread_create(&second.thread, NULL, pool_call, &second.caller), 0);
    assert_int_equal(pthread_join(first.thread, NULL), 0);
    assert_int_equal(first.caller.failure, PQPOOL_FAILURE_NONE);
    wake_ups.pool = NULL;
    assert_int_equal(wake_ups.locked, 0);
    pqpool_get_statistics(pool, &now);
    assert_in_range(now.longest_wait_us, 0, HOUR_US / 360 - 1); // ten seconds: half of its deadline
    must_have_been_served(&second);
}

static void test_a_waiter_begins_anew(void **state)
{
    struct pqpool_waiter on_stack;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    pthread_mutex_lock(&pool->lock);
    for (int i = 0; i < 2; i++) {
        struct pqpool_waiter *waiter = pqpool_line_up(pool, &on_stack);
        assert_int_equal(waiter->look_us, PQPOOL_NEVER);
        assert_null(waiter->given);
        waiter->look_us = HOUR_US;
        waiter->given = pool->connections;
        pqpool_step_out(pool, waiter);
        pqpool_dismiss(pool, waiter);
    }
    pqpool_unlock(pool);
    pqpool_free(pool);
}

static void test_all_who_wait_are_told_of_a_drain(void **state)
{
    struct arrival arrivals[WAITERS];
    struct pqpool *pool = open_patient(state, 1);
    struct pqpool_connection *out = pool_checkout(pool);
    for (unsigned i = 0; i < WAITERS; i++) {
        arrivals[i].caller = (struct pool_caller){.pool = pool, .failure = PQPOOL_FAILURE_USAGE};
        assert_int_equal(pthread_create(&arrivals[i].thread, NULL, pool_call, &arrivals[i].caller), 0);
    }
    pool_wait_for_waiting(pool, WAITERS);
    assert_int_equal(pqpool_drain(pool, 1), 1);
    for (unsigned i = 0; i < WAITERS; i++) {
        assert_int_equal(pthread_join(arrivals[i].thread, NULL), 0);
        assert_int_equal(arrivals[i].caller.failure, PQPOOL_FAILURE_CLOSED);
    }
    pqpool_checkin(out);
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
        cmocka_unit_test(test_the_short_way_counts_as_the_long_one),
        cmocka_unit_test(test_no_wake_up_is_lost),
        cmocka_unit_test(test_who_came_first_is_served_first),
        cmocka_unit_test(test_who_waits_is_served_by_a_place_that_is_closed),
        cmocka_unit_test(test_a_turn_ends_when_the_waiter_has_no_processor),
        cmocka_unit_test(test_the_first_use_decides_whether_there_is_a_turn),
        cmocka_unit_test(test_who_parks_looks_again),
        cmocka_unit_test(test_who_lines_up_looks_again),
        cmocka_unit_test(test_a_turn_that_is_long_over_is_forgotten),
        cmocka_unit_test(test_the_first_turn_that_ends_is_looked_for),
        cmocka_unit_test(test_a_turn_is_of_one_place),
        cmocka_unit_test(test_wake_ups_are_sent_without_the_lock),
        cmocka_unit_test(test_who_lines_up_wakes_the_first),
        cmocka_unit_test(test_a_waiter_begins_anew),
        cmocka_unit_test(test_all_who_wait_are_told_of_a_drain),
        cmocka_unit_test(test_threads_that_share_a_slot_lose_nothing),
        cmocka_unit_test(test_none_is_parked_while_there_are_too_many),
    };
    return cmocka_run_group_tests_name("pqpool_slots", tests, postgres_set_up, postgres_tear_down);
}
