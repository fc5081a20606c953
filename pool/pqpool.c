// Checkout and checkin: which steps a place goes through between the pool and its caller.
#include "pqpool_handle.h"
#include "pqpool_monitor.h"
#include "pqpool_owner.h"

#include <stdlib.h>
#include <string.h>

// Each element on cache lines of its own.
static void *allocate_zeroed(size_t count, size_t size)
{
    void *memory = aligned_alloc(PQPOOL_LINE, count * size); // at most PQPOOL_MOST times a few
    return memory ? memset(memory, 0, count * size) : NULL;
}

// Checks out `minimum` connections at once and gives them back.
static bool open_minimum(struct pqpool *pool, struct pqpool_error *error)
{
    unsigned opened = 0, minimum = pool->options.minimum;
    struct pqpool_connection **connections = minimum > 0 ? calloc(minimum, sizeof *connections) : NULL;
    if (minimum > 0 && !connections)
        return pqpool_fail(error, PQPOOL_FAILURE_MEMORY, "out of memory");
    while (opened < minimum && (connections[opened] = pqpool_checkout(pool, error)))
        opened++;
    for (unsigned i = 0; i < opened; i++)
        pqpool_checkin(connections[i]);
    free(connections);
    return opened == minimum;
}

// Adaptive: the lock is held so briefly that to spin is faster than to sleep, and a thread that sleeps on it
// is not in the queue yet.
static void init_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t adaptive;
    pthread_mutexattr_init(&adaptive);
    pthread_mutexattr_settype(&adaptive, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(lock, &adaptive);
    pthread_mutexattr_destroy(&adaptive);
}

static void init_pool(struct pqpool *pool)
{
    pthread_condattr_init(&pool->monotonic);
    pthread_condattr_setclock(&pool->monotonic, CLOCK_MONOTONIC);
    init_lock(&pool->lock);
    pqpool_target_init(&pool->target, &pool->options);
    pool->turns_us = PQPOOL_TURNS * PQPOOL_TURN_US;
    for (unsigned i = 0; i < pool->place_count; i++) {
        pool->places[i].pool = pool;
        pool->places[i].index = i;
    }
    pqpool_init_places(pool);
}

struct pqpool *pqpool_new(const struct pqpool_options *options, struct pqpool_error *error)
{
    struct pqpool_error unread;
    error = error ? error : &unread; // cppcheck-suppress uninitvar ; it is written to, not read
    if (!pqpool_options_are_valid(options, error))
        return NULL;
    unsigned place_count = pqpool_options_places(options);
    struct pqpool *pool = allocate_zeroed(1, sizeof *pool);
    char *conninfo = strdup(options->conninfo);
    char *reset_query = options->reset_query ? strdup(options->reset_query) : NULL;
    struct pqpool_place *places = allocate_zeroed(place_count, sizeof *places);
    if (!pool || !conninfo || !places || (options->reset_query && !reset_query)) {
        free(places);
        free(reset_query);
        free(conninfo);
        free(pool);
        pqpool_fail(error, PQPOOL_FAILURE_MEMORY, "out of memory");
        return NULL;
    }
    pool->options = *options;
    pool->options.conninfo = pool->conninfo = conninfo;
    pool->options.reset_query = pool->reset_query = reset_query;
    pool->places = places;
    pool->place_count = place_count;
    pool->parks = !options->hook && !options->hedge;
    pool->keeps_time = pqpool_keeps_time(options);
    init_pool(pool);
    if (pqpool_handles_begin(pool, error) && pqpool_fork_register(pool, error) && open_minimum(pool, error) &&
        pqpool_background_start(pool, error))
        return pool;
    pqpool_free(pool);
    return NULL;
}

static struct pqpool_place *take_and_make_ready(
    struct pqpool *pool, int64_t deadline_us, struct pqpool_error *error)
{
    pthread_mutex_lock(&pool->lock);
    struct pqpool_place *place = pqpool_take(pool, deadline_us);
    bool draining = pool->draining;
    pqpool_unlock(pool);
    if (place)
        return pqpool_make_ready(place, deadline_us, error);
    if (draining)
        pqpool_fail(error, PQPOOL_FAILURE_CLOSED, "the pool is being closed");
    else
        pqpool_fail(error, PQPOOL_FAILURE_EXHAUSTED, "no connection became free in time");
    return NULL;
}

struct pqpool_place *pqpool_checkout_until(
    struct pqpool *pool, int64_t deadline_us, struct pqpool_error *error)
{
    struct pqpool_place *place = pool->parks ? pqpool_unpark(pool) : NULL;
    if (place)
        return place;
    int cancellable;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
    int64_t own_deadline_us = pqpool_deadline_after_ms(pool->options.checkout_timeout_ms);
    if (pool->options.hedge)
        pqpool_review_suspects(pool);
    place = take_and_make_ready(pool, deadline_us < own_deadline_us ? deadline_us : own_deadline_us, error);
    if (!place && error->failure == PQPOOL_FAILURE_EXHAUSTED && own_deadline_us <= deadline_us)
        pqpool_fail(error, PQPOOL_FAILURE_EXHAUSTED, "no connection became free within %d ms",
            pool->options.checkout_timeout_ms);
    pthread_setcancelstate(cancellable, &cancellable);
    return place;
}

struct pqpool_connection *pqpool_checkout(struct pqpool *pool, struct pqpool_error *error)
{
    struct pqpool_error unread;
    error = error ? error : &unread; // cppcheck-suppress uninitvar ; it is written to, not read
    if (!pool) {
        pqpool_fail(error, PQPOOL_FAILURE_USAGE, "there is no pool: NULL");
        return NULL;
    }
    struct pqpool_place *place = pqpool_checkout_until(pool, PQPOOL_NEVER, error);
    return place ? pqpool_hand_out(place) : NULL;
}

PGconn *pqpool_pgconn(const struct pqpool_connection *connection)
{
    const struct pqpool_place *place = pqpool_held_place(connection);
    return place ? place->pgconn : NULL;
}

static void give_back_or_retire(struct pqpool_place *place, enum pqpool_reason reason)
{
    struct pqpool *pool = place->pool;
    int cancellable;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
    if (reason > PQPOOL_CLOSE_DONE)
        pqpool_retire(place, reason);
    else
        pqpool_give_back(place, reason);
    if (pool->options.hedge)
        pqpool_review_suspects(pool);
    pthread_setcancelstate(cancellable, &cancellable);
}

// Before the place is taken back, another caller may have it already. Then what was read of it is not used.
void pqpool_checkin(struct pqpool_connection *connection)
{
    struct pqpool_place *place = pqpool_held_place(connection);
    bool clean = place && pqpool_is_clean(place);
    if (clean && place->pool->keeps_time)
        pqpool_note_use(place);
    if (clean && pqpool_park(place, connection))
        return;
    if (place && pqpool_take_back(place, connection))
        give_back_or_retire(place, clean ? PQPOOL_CHECKIN : pqpool_clean(place));
    else if (connection)
        pqpool_count_refused(connection);
}

void pqpool_get_statistics(struct pqpool *pool, struct pqpool_statistics *statistics)
{
    if (!statistics)
        return;
    *statistics = (struct pqpool_statistics){.waiting = 0};
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    *statistics = pool->statistics;
    if (pool->parks)
        pqpool_count_parked(pool, statistics);
    statistics->refused_returns = atomic_load_explicit(&pool->refused_returns, memory_order_relaxed);
    pqpool_unlock(pool);
}
