// Which session or place is taken next, how many there are, and which are closed when they come back.
#include "pool_fixture.h"

#include "pqpool_monitor.h"
#include "pqpool_owner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_the_order_of_use(void **state)
{
    static const struct {
        enum pqpool_order order;
        const char *history;
    } cases[] = {
        {PQPOOL_LIFO, "1 checkout, 1 checkin, 1 checkout, 0 checkout, 1 checkin, 0 checkin, 0 checkout"},
        {PQPOOL_FIFO, "0 checkout, 0 checkin, 1 checkout, 0 checkout, 1 checkin, 0 checkin, 1 checkout"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pool_history history;
        struct pqpool *pool = pool_open(
            *state, (struct pqpool_options){.size = 2, .order = cases[i].order}, &history);
        pool_warm_up(pool, 2);
        history.text[0] = '\0';
        pqpool_checkin(pool_checkout(pool));
        struct pqpool_connection *first = pool_checkout(pool), *second = pool_checkout(pool);
        pqpool_checkin(first);
        pqpool_checkin(second);
        first = pool_checkout(pool);
        pool_assert_history(&history, cases[i].history);
        pqpool_checkin(first);
        pqpool_free(pool);
    }
}

static void test_overflow_is_opened_when_all_are_out_and_closed_when_too_many_are_idle(void **state)
{
    struct pool_history history;
    struct pqpool_error error;
    struct pqpool *pool = pool_open(
        *state, (struct pqpool_options){.size = 1, .overflow = 1, .checkout_timeout_ms = 3000}, &history);
    struct pqpool_connection *kept = pool_checkout(pool), *extra = pool_checkout(pool);
    assert_null(pqpool_checkout(pool, &error));
    assert_int_equal(error.failure, PQPOOL_FAILURE_EXHAUSTED);
    pool_assert_history(&history, "0 checkout, 0 connected, 1 checkout, 1 connected");
    pqpool_checkin(kept);
    kept = pool_checkout(pool); // none is idle meanwhile: two are in use, and none is opened again
    pqpool_checkin(extra);
    pqpool_checkin(kept);
    pool_assert_history(&history, "0 checkin, 0 checkout, 1 checkin, 0 surplus, 0 close done");
    pqpool_free(pool);
}

static void test_a_hedge_has_places_beyond_the_limit(void **state)
{
    struct pool_history history;
    struct pqpool_statistics now;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1, .hedge = true}, &history);
    struct pqpool_connection *first = pool_checkout(pool);
    assert_null(pqpool_take_idle(pool, PQPOOL_CHECKOUT));
    struct pqpool_place *second = pqpool_take_closed(pool, PQPOOL_CHECKOUT);
    assert_non_null(second);
    assert_null(pqpool_take_closed(pool, PQPOOL_CHECKOUT));
    pqpool_get_statistics(pool, &now);
    assert_int_equal(now.places[PQPOOL_CONNECTING], 1);
    assert_int_equal(pqpool_count_sessions(pool), 1); // the other does not count
    pqpool_lock_and_move(second, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
    history.text[0] = '\0';
    pqpool_checkin(first);
    pqpool_free(pool);
    pool_assert_history(&history, "0 checkin, 0 pool freed, 0 close done");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_order_of_use),
        cmocka_unit_test(test_overflow_is_opened_when_all_are_out_and_closed_when_too_many_are_idle),
        cmocka_unit_test(test_a_hedge_has_places_beyond_the_limit),
    };
    return cmocka_run_group_tests_name("pqpool_order", tests, postgres_set_up, postgres_tear_down);
}
