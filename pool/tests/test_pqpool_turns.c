// Turns of those who waited for a place: who has one, how long it is, and how it ends. The Makefile links
// this program with --wrap for the clock.
#include "pool_fixture.h"

#include "pqpool_monitor.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

// Somebody waits, and nothing but the thread whose turn it is can end that turn: it is told to look again in
// an hour.
static void test_a_turn_ends_when_the_waiter_has_no_processor(void **state)
{
    for (enum pqpool_order order = PQPOOL_LIFO; order <= PQPOOL_FIFO; order++) {
        struct pool_arrival arrival;
        struct pqpool *pool = pool_open_patient(*state, 1, order);
        struct pqpool_place *out = pool_checkout_place(pool);
        pool_enqueue(&arrival, pool);
        out->turn_over_us = pqpool_now_us() + POOL_HOUR_US;
        for (int i = 0; i < 100; i++) { // its turn
            pool_checkin_place(out);
            assert_ptr_equal(pool_checkout_place(pool), out);
        }
        pool_wait_for_waiting(pool, 1);
        out->turn_over_us = pqpool_now_us() - POOL_HOUR_US;
        for (int i = 0; i < 100; i++) {
            pool_checkin_place(out); // one of these hands it on, and the next checkout is behind the waiter
            out = pool_checkout_place(pool);
        }
        pool_wait_for_waiting(pool, 0);
        pool_checkin_place(out);
        pool_must_have_been_served(&arrival);
    }
}

// Where all are to be used in turn: once nobody waits, it is idle like all others, for its own thread, too.
static void test_what_a_turn_leaves_lines_up_in_a_fifo(void **state)
{
    struct pool_arrival arrival;
    struct pqpool *pool = pool_open_patient(*state, 2, PQPOOL_FIFO);
    struct pqpool_place *out = pool_checkout_place(pool), *other = pool_checkout_place(pool);
    pool_enqueue(&arrival, pool);
    out->turn_over_us = pqpool_now_us() + POOL_HOUR_US;
    pool_checkin_place(out);
    pool_wait_for_waiting(pool, 1); // it is not his
    pool_checkin_place(other);
    assert_int_equal(pthread_join(arrival.thread, NULL), 0);
    for (int i = 0; i < 2; i++) {
        assert_ptr_equal(pool_checkout_place(pool), other);
        assert_ptr_equal(pool_checkout_place(pool), out);
        pool_checkin_place(other);
        pool_checkin_place(out);
    }
    pqpool_free(pool);
}

// What took long enough for a server to answer is handed on; what did not leaves the turn to its thread.
static void test_the_first_use_decides_whether_there_is_a_turn(void **state)
{
    struct pool_arrival arrival;
    struct pqpool_statistics now;
    struct pqpool *pool = pool_open_patient(*state, 1, PQPOOL_LIFO);
    struct pqpool_place *out = pool_checkout_place(pool);
    pool_enqueue(&arrival, pool);
    out->turn_over_us = pqpool_now_us() + POOL_HOUR_US;
    out->turn_is_new = true;
    pool_checkin_place(out);
    assert_false(out->turn_is_new);
    assert_ptr_equal(pool_checkout_place(pool), out);
    out->turn_us = PQPOOL_TURN_US;
    out->turn_over_us = pqpool_now_us() + PQPOOL_TURN_US - PQPOOL_BRIEF_US;
    out->turn_is_new = true;
    atomic_store(&pool->parking, PQPOOL_PARKS_NONE); // the waiter has looked
    pool_checkin_place(out);
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.waiting, 0);
    pool_must_have_been_served(&arrival);
}

// It is given back through the lock once, and then it is nobody's turn any more.
static void test_a_turn_that_is_long_over_is_forgotten(void **state)
{
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    struct pqpool_place *out = pool_checkout_place(pool);
    out->turn_over_us = pqpool_now_us() - POOL_HOUR_US;
    for (int i = 0; i < 100; i++) {
        pool_checkin_place(out);
        assert_ptr_equal(pool_checkout_place(pool), out);
    }
    assert_int_equal(out->turn_over_us, 0);
    pool_checkin_place(out);
    pqpool_free(pool);
}

// Who waits is told when the first of several turns is over, whether it is parked or held.
static void test_the_first_turn_that_ends_is_looked_for(void **state)
{
    static const int64_t turns_us[][2] = {{POOL_HOUR_US, 2 * POOL_HOUR_US}, {2 * POOL_HOUR_US, POOL_HOUR_US}};
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 2}, NULL);
    struct pqpool_place *parked[] = {pool_checkout_place(pool), pool_checkout_place(pool)};
    pool_checkin_place(parked[0]);
    pool_check_in_elsewhere(pool_handle(parked[1]));
    pthread_mutex_lock(&pool->lock);
    for (int i = 0; i < 2; i++) {
        for (int n = 0; n < 2; n++) {
            parked[n]->turn_over_us = turns_us[i][n];
            parked[n]->in_turn = true;
        }
        assert_false(pqpool_collect_parked(pool, 0));
        assert_int_equal(pool->turn_over_us, POOL_HOUR_US);
    }
    parked[0]->in_turn = false; // what its thread did with it was not brief
    assert_true(pqpool_collect_parked(pool, 0));
    assert_false(pqpool_collect_parked(pool, 0));
    assert_true(pqpool_collect_parked(pool, PQPOOL_NEVER));
    pthread_mutex_unlock(&pool->lock);
    struct pqpool_place *held = pool_checkout_place(pool);
    assert_ptr_equal(held, parked[1]);
    assert_false(held->in_turn);
    held->turn_over_us = POOL_HOUR_US;
    held->in_turn = true;
    pthread_mutex_lock(&pool->lock);
    assert_false(pqpool_collect_parked(pool, POOL_HOUR_US - 1));
    assert_int_equal(pool->turn_over_us, POOL_HOUR_US);
    assert_true(held->in_turn);
    assert_false(pqpool_collect_parked(pool, POOL_HOUR_US));
    assert_int_equal(pool->turn_over_us, PQPOOL_NEVER);
    assert_false(held->in_turn);
    pthread_mutex_unlock(&pool->lock);
    pool_checkin_place(held);
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
static void end_turn(struct pqpool_place *out)
{
    pthread_mutex_lock(&out->pool->lock);
    struct pqpool_waiter *first = TAILQ_FIRST(&out->pool->waiters);
    out->turn_over_us = first->look_us = pqpool_now_us();
    pthread_cond_signal(&first->turn);
    pthread_mutex_unlock(&out->pool->lock);
}

// It is held and not parked when it is over: what is given back next is the waiter's.
static void test_a_turn_ends_while_its_place_is_held(void **state)
{
    struct pool_arrival arrival;
    struct pqpool_statistics now;
    struct pqpool *pool = pool_open_patient(*state, 1, PQPOOL_LIFO);
    struct pqpool_place *out = pool_checkout_place(pool);
    out->turn_over_us = pqpool_now_us() + POOL_HOUR_US;
    out->in_turn = true;
    pool_enqueue(&arrival, pool);
    end_turn(out);
    while (looks_at(pool) <= out->turn_over_us)
        sched_yield();
    pool_checkin_place(out);
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.waiting, 0);
    pool_must_have_been_served(&arrival);
}

// When the first of two turns is over, the waiter gets its place at once and not at the end of the second. So
// it does where one place has no turn at all.
static void test_a_turn_is_of_one_place(void **state)
{
    for (int turns = 1; turns <= 2; turns++) {
        struct pool_arrival arrival;
        struct pqpool_statistics now;
        struct pqpool *pool = pool_open_patient(*state, 2, PQPOOL_LIFO);
        struct pqpool_place *out = pool_checkout_place(pool), *other = pool_checkout_place(pool);
        pool_enqueue(&arrival, pool);
        other->turn_over_us = pqpool_now_us() + 2 * POOL_HOUR_US;
        pool_check_in_elsewhere(pool_handle(other)); // in another thread's slot
        if (turns == 2) {
            out->turn_over_us = other->turn_over_us - POOL_HOUR_US;
            atomic_store(&pool->parking, PQPOOL_PARKS_NONE);
            pool_checkin_place(out);
            assert_ptr_equal(pool_checkout_place(pool), out);
            end_turn(out);
            while (looks_at(pool) < other->turn_over_us)
                sched_yield();
        }
        pool_checkin_place(out);
        pqpool_get_statistics(pool, &now);
        assert_int_equal(now.waiting, 0);
        pool_must_have_been_served(&arrival);
    }
}

static _Thread_local int64_t told_us; // 0: the true time

int64_t __real_pqpool_now_us(void);
int64_t __wrap_pqpool_now_us(void);
int64_t __wrap_pqpool_now_us(void)
{
    return told_us ? told_us : __real_pqpool_now_us();
}

// Returns how long the thread has the place that it first uses for so long, when others wait.
static int64_t take_turn(struct pqpool_place *place, int64_t use_us)
{
    int64_t begun_us = 1000;
    pqpool_begin_turn(place, begun_us);
    assert_int_equal(place->turn_over_us, begun_us + place->turn_us);
    told_us = begun_us + use_us;
    bool goes_on = pqpool_turn_goes_on(place);
    told_us = 0;
    assert_int_equal(goes_on, use_us < PQPOOL_BRIEF_US);
    return goes_on ? place->turn_us : use_us;
}

static int64_t take_turns(struct pqpool_place *place, int64_t use_us, int count)
{
    while (count-- > 0)
        take_turn(place, use_us);
    return place->turn_us;
}

static void test_a_turn_is_as_long_as_the_last_ones(void **state)
{
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    struct pqpool_place *place = pool_checkout_place(pool);
    assert_int_equal(take_turns(place, PQPOOL_BRIEF_US - 1, 100), PQPOOL_TURN_US);
    assert_int_equal(take_turns(place, POOL_HOUR_US, 100), PQPOOL_TURN_US);
    assert_int_equal(take_turns(place, PQPOOL_BRIEF_US, 3), PQPOOL_TURN_US); // so few change nothing
    assert_in_range(
        take_turns(place, PQPOOL_BRIEF_US, 100), PQPOOL_BRIEF_US * 3 / 2, PQPOOL_BRIEF_US * 3 / 2 + 2);
    assert_int_equal(take_turns(place, 1, 100), PQPOOL_TURN_US);
    place->turn_over_us = 0;
    pool_checkin_place(place);
    pqpool_free(pool);
}

// Of every `period` turns one, or all but one, is a single hold. Whoever waits for the longest only, waits no
// more than twice as long as one turn takes in the mean.
static void test_the_longest_turn_is_at_most_twice_the_mean(void **state)
{
    static const int64_t holds_us[] = {PQPOOL_BRIEF_US, PQPOOL_BRIEF_US + 6, 3 * PQPOOL_BRIEF_US};
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    struct pqpool_place *place = pool_checkout_place(pool);
    for (int row = 0; row < 3 * 2 * 4; row++) {
        int period = 2 + row % 4, measured = 60 * period;
        int64_t sum_us = 0, longest_us = 0;
        for (int turn = -measured; turn < measured; turn++) {
            bool single = (turn % period == 0) == (row / 4 % 2 == 0);
            int64_t turn_us = take_turn(place, single ? holds_us[row / 8] : 1);
            sum_us += turn < 0 ? 0 : turn_us;
            longest_us = turn < 0 || turn_us < longest_us ? longest_us : turn_us;
        }
        assert_in_range(longest_us, 1, 2 * sum_us / measured);
    }
    place->turn_over_us = 0;
    pool_checkin_place(place);
    pqpool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_turn_ends_when_the_waiter_has_no_processor),
        cmocka_unit_test(test_what_a_turn_leaves_lines_up_in_a_fifo),
        cmocka_unit_test(test_the_first_use_decides_whether_there_is_a_turn),
        cmocka_unit_test(test_a_turn_that_is_long_over_is_forgotten),
        cmocka_unit_test(test_the_first_turn_that_ends_is_looked_for),
        cmocka_unit_test(test_a_turn_ends_while_its_place_is_held),
        cmocka_unit_test(test_a_turn_is_of_one_place),
        cmocka_unit_test(test_a_turn_is_as_long_as_the_last_ones),
        cmocka_unit_test(test_the_longest_turn_is_at_most_twice_the_mean),
    };
    return cmocka_run_group_tests_name("pqpool_turns", tests, postgres_set_up, postgres_tear_down);
}
