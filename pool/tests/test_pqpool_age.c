// max_age_ms: sessions that are too old are replaced one at a time, and whatever becomes of one that was to
// be replaced, the next one may be.
#include "pool_fixture.h"

#include "pqpool_owner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define AGE_MS 60000

static struct pqpool *open_aging(const struct postgres *server, struct pqpool_options options)
{
    options.size = 2;
    options.max_age_ms = AGE_MS;
    return pool_open(server, options, NULL);
}

static void make_old(struct pqpool_place *place)
{
    place->opened_us -= INT64_C(1000) * AGE_MS;
}

static uint64_t count_too_old(struct pqpool *pool)
{
    struct pqpool_statistics now;
    pqpool_get_statistics(pool, &now);
    return now.changes[PQPOOL_TOO_OLD];
}

// Idle, and not parked: a transaction is to be rolled back.
static void check_in_unparked(struct pqpool_place *place)
{
    PQclear(PQexec(place->pgconn, "BEGIN"));
    pool_checkin_place(place);
    assert_int_equal(place->state, PQPOOL_IDLE);
}

// The thread finds that what it has parked is too old, and leaves it to the idle ones. Before it comes to
// replace it, another session is given back, which is then the first to be handed out.
static void test_what_is_left_idle_is_not_being_replaced(void **state)
{
    struct pqpool *pool = open_aging(*state, (struct pqpool_options){.order = PQPOOL_LIFO});
    struct pqpool_place *left = pool_checkout_place(pool), *other = pool_checkout_place(pool);
    make_old(left);
    make_old(other);
    pool_checkin_place(left);
    assert_null(pqpool_unpark(pool));
    assert_int_equal(left->state, PQPOOL_IDLE);
    check_in_unparked(other);
    assert_ptr_equal(pool_checkout_place(pool), other);
    assert_int_equal(count_too_old(pool), 1);
    assert_ptr_equal(pool_checkout_place(pool), left);
    assert_int_equal(count_too_old(pool), 2);
    pool_checkin_place(other);
    pool_checkin_place(left);
    pqpool_free(pool);
}

// As above, and then it is the pool's own thread that takes what was left, or it is closed as one too many.
static void test_whoever_takes_it_the_next_may_be_replaced(void **state)
{
    for (int closed = 0; closed < 2; closed++) {
        struct pqpool *pool = open_aging(*state, (struct pqpool_options){.order = PQPOOL_LIFO});
        struct pqpool_place *left = pool_checkout_place(pool), *other = pool_checkout_place(pool);
        make_old(left);
        make_old(other);
        pool_checkin_place(left);
        assert_null(pqpool_unpark(pool));
        pqpool_lock_and_move(left, PQPOOL_PINGING, PQPOOL_BACKGROUND);
        if (closed)
            pqpool_retire(left, PQPOOL_PING_FAILED);
        else
            pqpool_give_back(left, PQPOOL_PING_ANSWERED);
        check_in_unparked(other);
        assert_ptr_equal(pool_checkout_place(pool), other);
        assert_int_equal(count_too_old(pool), 1);
        pool_checkin_place(other);
        pqpool_free(pool);
    }
}

// What could not be reopened, or was not needed because another was ready before, is not in the way.
static void test_a_replacement_that_fails_is_over(void **state)
{
    for (int hedge = 0; hedge < 2; hedge++) {
        struct pqpool_error error;
        struct pqpool_options options = {.order = PQPOOL_FIFO, .hedge = hedge, .checkout_timeout_ms = 20000};
        struct pqpool *pool = open_aging(*state, options);
        struct pqpool_place *first = pool_checkout_place(pool), *second = pool_checkout_place(pool);
        check_in_unparked(first);
        check_in_unparked(second);
        make_old(first);
        const char *conninfo = pool->target.values[0];
        pool->target.values[0] = "host=/nonexistent";
        struct pqpool_connection *connection = pqpool_checkout(pool, &error);
        assert_int_equal(connection != NULL, hedge);
        assert_int_equal(first->state, PQPOOL_CLOSED);
        pqpool_checkin(connection);
        pool->target.values[0] = conninfo;
        make_old(second);
        assert_ptr_equal(pool_checkout_place(pool), second);
        assert_int_equal(count_too_old(pool), 2);
        pool_checkin_place(second);
        pqpool_free(pool);
    }
}

// While one is replaced the others are handed out, however old; then they are next.
static void test_one_at_a_time(void **state)
{
    struct pqpool *pool = open_aging(*state, (struct pqpool_options){.order = PQPOOL_FIFO});
    struct pqpool_place *first = pool_checkout_place(pool), *second = pool_checkout_place(pool);
    check_in_unparked(first);
    check_in_unparked(second);
    make_old(second);
    pqpool_lock_and_move(first, PQPOOL_CLOSING, PQPOOL_TOO_OLD);
    pqpool_end_session(first);
    assert_ptr_equal(pool_checkout_place(pool), second);
    assert_int_equal(count_too_old(pool), 1);
    check_in_unparked(second);
    pqpool_lock_and_move(first, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
    assert_ptr_equal(pool_checkout_place(pool), second);
    assert_int_equal(count_too_old(pool), 2);
    pool_checkin_place(second);
    pqpool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_left_idle_is_not_being_replaced),
        cmocka_unit_test(test_whoever_takes_it_the_next_may_be_replaced),
        cmocka_unit_test(test_a_replacement_that_fails_is_over),
        cmocka_unit_test(test_one_at_a_time),
    };
    return cmocka_run_group_tests_name("pqpool_age", tests, postgres_set_up, postgres_tear_down);
}
