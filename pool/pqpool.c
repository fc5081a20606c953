// Checkout and checkin: which steps a place goes through between the pool and its caller.
#include "pqpool_private.h"

#include <stdlib.h>
#include <string.h>

// Of zeros, each element on cache lines of its own.
static void *allocate(size_t count, size_t size)
{
    void *memory = aligned_alloc(PQPOOL_LINE, count * size); // at most PQPOOL_MOST times a few
    return memory ? memset(memory, 0, count * size) : NULL;
}

// Takes so many at once and gives them back.
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

// It is held so briefly that to look again is faster than to sleep; and who sleeps before it is not in the
// queue yet.
static void initialise_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t adaptive;
    pthread_mutexattr_init(&adaptive);
    pthread_mutexattr_settype(&adaptive, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(lock, &adaptive);
    pthread_mutexattr_destroy(&adaptive);
}

static void initialise(struct pqpool *pool)
{
    pthread_condattr_init(&pool->monotonic);
    pthread_condattr_setclock(&pool->monotonic, CLOCK_MONOTONIC);
    initialise_lock(&pool->lock);
    pqpool_target_init(&pool->target, &pool->options);
    pool->turns_us = PQPOOL_TURNS * PQPOOL_TURN_US;
    for (unsigned place = 0; place < pool->places; place++) {
        pool->connections[place].pool = pool;
        pool->connections[place].place = place;
    }
    pqpool_begin_anew(pool);
}

struct pqpool *pqpool_new(const struct pqpool_options *options, struct pqpool_error *error)
{
    if (!pqpool_options_are_valid(options, error))
        return NULL;
    unsigned places = pqpool_options_places(options);
    struct pqpool *pool = allocate(1, sizeof *pool);
    char *conninfo = strdup(options->conninfo);
    char *reset_query = options->reset_query ? strdup(options->reset_query) : NULL;
    struct pqpool_connection *connections = allocate(places, sizeof *connections);
    if (!pool || !conninfo || !connections || (options->reset_query && !reset_query)) {
        free(connections);
        free(reset_query);
        free(conninfo);
        free(pool);
        pqpool_fail(error, PQPOOL_FAILURE_MEMORY, "out of memory");
        return NULL;
    }
    pool->options = *options;
    pool->options.conninfo = pool->conninfo = conninfo;
    pool->options.reset_query = pool->reset_query = reset_query;
    pool->connections = connections;
    pool->places = places;
    pool->parks = !options->hook && !options->hedge;
    initialise(pool);
    if (pqpool_remember_at_fork(pool, error) && open_minimum(pool, error) &&
        pqpool_background_start(pool, error))
        return pool;
    pqpool_free(pool);
    return NULL;
}

static struct pqpool_connection *take(struct pqpool *pool, int64_t deadline_us, struct pqpool_error *error)
{
    pthread_mutex_lock(&pool->lock);
    struct pqpool_connection *connection = pqpool_take(pool, deadline_us);
    bool draining = pool->draining;
    pqpool_unlock(pool);
    if (connection)
        return pqpool_make_ready(connection, deadline_us, error);
    if (draining)
        pqpool_fail(error, PQPOOL_FAILURE_CLOSED, "the pool is being closed");
    else
        pqpool_fail(error, PQPOOL_FAILURE_EXHAUSTED, "no connection became free in time");
    return NULL;
}

struct pqpool_connection *pqpool_checkout_until(
    struct pqpool *pool, int64_t deadline_us, struct pqpool_error *error)
{
    struct pqpool_connection *connection = pool->parks ? pqpool_unpark(pool) : NULL;
    if (connection)
        return connection;
    int cancellable;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
    int64_t own_deadline_us = pqpool_deadline_after_ms(pool->options.checkout_timeout_ms);
    if (pool->options.hedge)
        pqpool_review_suspects(pool);
    connection = take(pool, deadline_us < own_deadline_us ? deadline_us : own_deadline_us, error);
    if (!connection && error->failure == PQPOOL_FAILURE_EXHAUSTED && own_deadline_us <= deadline_us)
        pqpool_fail(error, PQPOOL_FAILURE_EXHAUSTED, "no connection became free within %d ms",
            pool->options.checkout_timeout_ms);
    pthread_setcancelstate(cancellable, &cancellable);
    return connection;
}

struct pqpool_connection *pqpool_checkout(struct pqpool *pool, struct pqpool_error *error)
{
    return pqpool_checkout_until(pool, PQPOOL_NEVER, error);
}

PGconn *pqpool_pgconn(const struct pqpool_connection *connection)
{
    return connection->pgconn;
}

static void give_back(struct pqpool_connection *connection, enum pqpool_reason reason)
{
    struct pqpool *pool = connection->pool;
    int cancellable;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
    if (reason > PQPOOL_CLOSE_DONE)
        pqpool_retire(connection, reason);
    else
        pqpool_give_back(connection, reason);
    if (pool->options.hedge)
        pqpool_review_suspects(pool);
    pthread_setcancelstate(cancellable, &cancellable);
}

void pqpool_checkin(struct pqpool_connection *connection)
{
    if (!connection)
        return;
    enum pqpool_reason reason = pqpool_clean(connection);
    if (reason == PQPOOL_CHECKIN)
        connection = pqpool_park(connection);
    if (connection)
        give_back(connection, reason);
}

void pqpool_get_statistics(struct pqpool *pool, struct pqpool_statistics *statistics)
{
    pthread_mutex_lock(&pool->lock);
    *statistics = pool->statistics;
    if (pool->parks)
        pqpool_count_parked(pool, statistics);
    pqpool_unlock(pool);
}
