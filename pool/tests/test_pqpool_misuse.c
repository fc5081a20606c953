// Handles that are given back twice, late, or are none: they are refused and counted, and cost nobody else a
// session. What cannot be caught is said in pqpool.h.
#include "pool_fixture.h"

#include "pqpool_handle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t count_refused(struct pqpool *pool)
{
    struct pqpool_statistics now;
    pqpool_get_statistics(pool, &now);
    return now.refused_returns;
}

static unsigned count_out(struct pqpool *pool)
{
    struct pqpool_statistics now;
    pqpool_get_statistics(pool, &now);
    return now.places[PQPOOL_CHECKED_OUT];
}

static void ignore(void *context, const struct pqpool_change *change)
{
    (void)context, (void)change;
}

// Each of them gives back in another way: parked, in order, raced, with a hook, with a statement, with a
// time.
static const struct pqpool_options kinds[] = {
    {.size = 2},
    {.size = 2, .order = PQPOOL_FIFO},
    {.size = 2, .hedge = true},
    {.size = 2, .hook = ignore},
    {.size = 2, .reset_query = "DISCARD ALL"},
    {.size = 2, .pre_ping = true, .ping_idle_ms = 60000},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static void test_a_second_return_is_refused_and_counted(void **state)
{
    for (size_t i = 0; i < KINDS; i++) {
        struct pqpool *pool = pool_open(*state, kinds[i], NULL);
        struct pqpool_connection *stale = pool_checkout(pool);
        assert_int_equal(count_refused(pool), 0);
        pqpool_checkin(stale);
        pqpool_checkin(stale);
        assert_int_equal(count_refused(pool), 1);
        assert_int_equal(count_out(pool), 0);
        struct pqpool_connection *one = pool_checkout(pool), *other = pool_checkout(pool);
        assert_int_not_equal(pool_backend(one), pool_backend(other));
        pqpool_checkin(stale); // its place is somebody else's by now
        assert_int_equal(count_refused(pool), 2);
        assert_int_equal(count_out(pool), 2);
        assert_null(pqpool_pgconn(stale));
        assert_true(pool_is_alive(pqpool_pgconn(one)) && pool_is_alive(pqpool_pgconn(other)));
        pqpool_checkin(one);
        pqpool_checkin(other);
        assert_int_equal(count_refused(pool), 2);
        pqpool_free(pool);
    }
}

// One session, opened in as long as that takes; then a checkout waits only briefly for it.
static struct pqpool *open_one_for_impatient(const struct postgres *server)
{
    struct pqpool *pool = pool_open(server, (struct pqpool_options){.size = 1, .minimum = 1}, NULL);
    pool->options.checkout_timeout_ms = 50;
    return pool;
}

// Without it, both would have the one session of the pool.
static void test_a_stale_return_ends_nobody_elses_checkout(void **state)
{
    struct pqpool_error error;
    struct pqpool *pool = open_one_for_impatient(*state);
    struct pqpool_connection *stale = pool_checkout(pool);
    pqpool_checkin(stale);
    struct pqpool_connection *out = pool_checkout(pool);
    pqpool_checkin(stale);
    assert_null(pqpool_checkout(pool, &error));
    assert_int_equal(error.failure, PQPOOL_FAILURE_EXHAUSTED);
    pqpool_checkin(out);
    pqpool_free(pool);
}

#define THREADS 4
#define CYCLES  3000

struct crowd {
    struct pqpool *pool;
    atomic_bool in_use[2];
    atomic_uint shared;
};

static void *return_twice(void *argument)
{
    struct crowd *crowd = argument;
    for (int i = 0; i < CYCLES; i++) {
        struct pqpool_error error;
        struct pqpool_connection *connection = pqpool_checkout(crowd->pool, &error);
        const struct pqpool_place *place = pqpool_held_place(connection);
        if (!place || atomic_exchange(&crowd->in_use[place->index], true))
            return argument;
        atomic_store(&crowd->in_use[place->index], false);
        pqpool_checkin(connection);
        pqpool_checkin(connection); // another has it by now, perhaps
    }
    return NULL;
}

static void test_a_crowd_that_returns_all_twice_shares_nothing(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        pthread_t threads[THREADS];
        struct crowd crowd = {.pool = pool_open(*state, kinds[i], NULL)};
        for (int n = 0; n < THREADS; n++)
            assert_int_equal(pthread_create(&threads[n], NULL, return_twice, &crowd), 0);
        for (int n = 0; n < THREADS; n++) {
            void *failed;
            assert_int_equal(pthread_join(threads[n], &failed), 0);
            assert_null(failed);
        }
        assert_int_equal(count_refused(crowd.pool), THREADS * CYCLES);
        assert_int_equal(count_out(crowd.pool), 0);
        pqpool_free(crowd.pool);
    }
}

struct race {
    struct pqpool_connection *connection;
    pthread_barrier_t start;
};

static void *race_to_return(void *argument)
{
    struct race *race = argument;
    pthread_barrier_wait(&race->start);
    pqpool_checkin(race->connection);
    return NULL;
}

static void test_of_two_returns_at_once_one_counts(void **state)
{
    for (size_t i = 0; i < KINDS; i++) {
        struct pqpool *pool = pool_open(*state, kinds[i], NULL);
        for (unsigned round = 1; round <= 200; round++) {
            struct race race = {.connection = pool_checkout(pool)};
            pthread_t threads[2];
            pthread_barrier_init(&race.start, NULL, 2);
            for (int n = 0; n < 2; n++)
                assert_int_equal(pthread_create(&threads[n], NULL, race_to_return, &race), 0);
            for (int n = 0; n < 2; n++)
                assert_int_equal(pthread_join(threads[n], NULL), 0);
            pthread_barrier_destroy(&race.start);
            assert_int_equal(count_refused(pool), round);
            assert_int_equal(count_out(pool), 0);
        }
        pqpool_free(pool);
    }
}

static void test_what_is_no_handle_is_refused(void **state)
{
    struct pqpool *pool = pool_open(*state, kinds[0], NULL), *on_stack = NULL;
    struct pqpool_connection *out = pool_checkout(pool);
    uintptr_t handle = (uintptr_t)out, place = UINT64_C(1) << PQPOOL_PLACE_SHIFT;
    uintptr_t cases[] = {1, UINTPTR_MAX, (uintptr_t)&on_stack, (uintptr_t)pool, handle | PQPOOL_PARKED,
        handle + place, handle + 2 * place, handle + (UINT64_C(1) << PQPOOL_CHECKOUTS_SHIFT)};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_connection *garbage = (struct pqpool_connection *)
            cases[i]; // NOLINT(performance-no-int-to-ptr): this is the misuse
        assert_null(pqpool_pgconn(garbage));
        pqpool_checkin(garbage);
        assert_int_equal(count_out(pool), 1);
    }
    pqpool_checkin(out);
    pqpool_free(pool);
}

// The next pool often lies where the last one lay.
static void test_a_handle_of_a_freed_pool_is_of_no_other(void **state)
{
    for (int i = 0; i < 20; i++) {
        struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
        struct pqpool_connection *stale = pool_checkout(pool);
        pqpool_checkin(stale);
        pqpool_free(pool);
        pqpool_checkin(stale);
        assert_null(pqpool_pgconn(stale));
        struct pqpool *next = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
        struct pqpool_connection *out = pool_checkout(next);
        pqpool_checkin(stale);
        assert_int_equal(count_out(next), 1);
        pqpool_checkin(out);
        pqpool_free(next);
    }
}

static void set_all_numbers(bool taken)
{
    for (unsigned number = 1; number < PQPOOL_MOST_NUMBERS; number++)
        atomic_store(&pqpool_numbered[number].taken, taken);
}

// Nor when all numbers of pools were used and it has the same.
static void test_a_number_that_comes_back_begins_behind_the_old_handles(void **state)
{
    struct pqpool_options options = {.conninfo = ((struct postgres *)*state)->conninfo, .size = 1};
    struct pqpool_error error;
    struct pqpool *pool = pool_open(*state, options, NULL);
    unsigned number = pool->number;
    struct pqpool_connection *stale = pool_checkout(pool);
    pqpool_checkin(stale);
    set_all_numbers(true);
    assert_null(pqpool_new(&options, &error));
    assert_int_equal(error.failure, PQPOOL_FAILURE_MEMORY);
    assert_string_equal(error.text, "more than 65535 pools at once");
    pqpool_free(pool);
    pool = pool_open(*state, options, NULL);
    assert_int_equal(pool->number, number);
    struct pqpool_connection *out = pool_checkout(pool);
    assert_ptr_not_equal(out, stale);
    pqpool_checkin(stale);
    assert_int_equal(count_out(pool), 1);
    pool_place(out)->handle |= UINT64_MAX << PQPOOL_CHECKOUTS_SHIFT; // the last possible
    pqpool_checkin(out);
    out = pool_checkout(pool);
    assert_true(pool_is_alive(pqpool_pgconn(out)));
    pqpool_checkin(out);
    assert_int_equal(count_out(pool), 0);
    pqpool_free(pool);
    set_all_numbers(false);
}

static void test_what_is_out_when_its_pool_is_freed_is_the_callers(void **state)
{
    struct pqpool *pool = pool_open(*state, kinds[0], NULL);
    struct pqpool_connection *out = pool_checkout(pool);
    PGconn *pgconn = pqpool_pgconn(out);
    pqpool_free(pool);
    assert_true(pool_is_alive(pgconn));
    pqpool_checkin(out);
    assert_null(pqpool_pgconn(out));
    PQfinish(pgconn);
}

static void test_a_waiter_hears_of_the_end(void **state)
{
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, NULL);
    struct pqpool_connection *out = pool_checkout(pool);
    struct pool_arrival arrival;
    pool_enqueue(&arrival, pool);
    assert_int_equal(pqpool_drain(pool, 1), 1);
    assert_int_equal(pthread_join(arrival.thread, NULL), 0);
    assert_int_equal(arrival.caller.failure, PQPOOL_FAILURE_CLOSED);
    pqpool_checkin(out);
    pqpool_free(pool);
}

// After a fork what was checked out is the parent's.
static void test_a_child_cannot_return_what_is_the_parents(void **state)
{
    int status;
    struct pqpool *pool = pool_open(*state, kinds[0], NULL);
    struct pqpool_connection *out = pool_checkout(pool);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct pqpool_error error;
        pqpool_checkin(out);
        bool refused = count_refused(pool) == 1 && !pqpool_pgconn(out);
        struct pqpool_connection *own = pqpool_checkout(pool, &error);
        bool serves = own && pool_is_alive(pqpool_pgconn(own));
        pqpool_checkin(out);
        serves = serves && count_out(pool) == 1;
        pqpool_checkin(own);
        pqpool_free(pool);
        _exit(refused && serves ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(pool_is_alive(pqpool_pgconn(out)));
    pqpool_checkin(out);
    assert_int_equal(count_refused(pool), 0);
    pqpool_free(pool);
}

static void *end_with_it(void *pool)
{
    struct pqpool_error error;
    return pqpool_checkout(pool, &error);
}

// Nobody can know that its thread is gone: it may have left the handle to another, which gives it back.
static void test_who_ends_without_a_return_keeps_the_place(void **state)
{
    struct pqpool_error error;
    pthread_t thread;
    void *left;
    struct pqpool *pool = open_one_for_impatient(*state);
    assert_int_equal(pthread_create(&thread, NULL, end_with_it, pool), 0);
    assert_int_equal(pthread_join(thread, &left), 0);
    assert_null(pqpool_checkout(pool, &error));
    assert_int_equal(error.failure, PQPOOL_FAILURE_EXHAUSTED);
    pqpool_checkin(left);
    pqpool_checkin(pool_checkout(pool));
    pqpool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_second_return_is_refused_and_counted),
        cmocka_unit_test(test_a_stale_return_ends_nobody_elses_checkout),
        cmocka_unit_test(test_a_crowd_that_returns_all_twice_shares_nothing),
        cmocka_unit_test(test_of_two_returns_at_once_one_counts),
        cmocka_unit_test(test_what_is_no_handle_is_refused),
        cmocka_unit_test(test_a_handle_of_a_freed_pool_is_of_no_other),
        cmocka_unit_test(test_a_number_that_comes_back_begins_behind_the_old_handles),
        cmocka_unit_test(test_what_is_out_when_its_pool_is_freed_is_the_callers),
        cmocka_unit_test(test_a_waiter_hears_of_the_end),
        cmocka_unit_test(test_a_child_cannot_return_what_is_the_parents),
        cmocka_unit_test(test_who_ends_without_a_return_keeps_the_place),
    };
    return cmocka_run_group_tests_name("pqpool_misuse", tests, postgres_set_up, postgres_tear_down);
}
