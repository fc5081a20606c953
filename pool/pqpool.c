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

static void put_places_on_list(struct pqpool *pool)
{
    for (int state = 0; state < PQPOOL_STATES; state++)
        TAILQ_INIT(&pool->lists[state]);
    for (unsigned place = 0; place < pool->places; place++) {
        struct pqpool_connection *connection = &pool->connections[place];
        connection->pool = pool;
        connection->place = place;
        TAILQ_INSERT_TAIL(&pool->lists[PQPOOL_CLOSED], connection, link);
    }
    pool->statistics.places[PQPOOL_CLOSED] = pool->places;
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
    pool->parks = options->order == PQPOOL_LIFO && !options->hook && !options->hedge;
    pqpool_target_init(&pool->target, &pool->options);
    pthread_condattr_init(&pool->monotonic);
    pthread_condattr_setclock(&pool->monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&pool->lock, NULL);
    TAILQ_INIT(&pool->waiters);
    put_places_on_list(pool);
    pqpool_allow_parking(pool);
    if (pqpool_background_start(pool, error))
        return pool;
    pqpool_free(pool);
    return NULL;
}

void pqpool_free(struct pqpool *pool)
{
    if (!pool)
        return;
    pqpool_background_stop(pool);
    pthread_mutex_lock(&pool->lock);
    while (pqpool_collect(pool, PQPOOL_NEVER))
        continue;
    pthread_mutex_unlock(&pool->lock);
    while (!TAILQ_EMPTY(&pool->lists[PQPOOL_IDLE]))
        pqpool_retire(TAILQ_FIRST(&pool->lists[PQPOOL_IDLE]), PQPOOL_POOL_FREED);
    while (!TAILQ_EMPTY(&pool->lists[PQPOOL_SUSPECT]))
        pqpool_retire(TAILQ_FIRST(&pool->lists[PQPOOL_SUSPECT]), PQPOOL_POOL_FREED);
    pthread_mutex_destroy(&pool->lock);
    pthread_condattr_destroy(&pool->monotonic);
    free(pool->connections);
    free(pool->reset_query);
    free(pool->conninfo);
    free(pool);
}

struct pqpool_connection *pqpool_checkout_until(
    struct pqpool *pool, int64_t deadline_us, struct pqpool_error *error)
{
    struct pqpool_connection *connection = pool->parks ? pqpool_unpark(pool) : NULL;
    if (connection)
        return connection;
    int64_t own_deadline_us = pqpool_deadline_after_ms(pool->options.checkout_timeout_ms);
    if (deadline_us > own_deadline_us)
        deadline_us = own_deadline_us;
    if (pool->options.hedge)
        pqpool_review_suspects(pool);
    pthread_mutex_lock(&pool->lock);
    connection = pqpool_take(pool, deadline_us);
    pthread_mutex_unlock(&pool->lock);
    if (connection)
        return pqpool_make_ready(connection, deadline_us, error);
    if (deadline_us == own_deadline_us)
        pqpool_fail(error, PQPOOL_FAILURE_EXHAUSTED, "no connection became free within %d ms",
            pool->options.checkout_timeout_ms);
    else
        pqpool_fail(error, PQPOOL_FAILURE_EXHAUSTED, "no connection became free in time");
    return NULL;
}

struct pqpool_connection *pqpool_checkout(struct pqpool *pool, struct pqpool_error *error)
{
    return pqpool_checkout_until(pool, PQPOOL_NEVER, error);
}

PGconn *pqpool_pgconn(const struct pqpool_connection *connection)
{
    return connection->pgconn;
}

void pqpool_checkin(struct pqpool_connection *connection)
{
    if (!connection)
        return;
    struct pqpool *pool = connection->pool;
    enum pqpool_reason reason = pqpool_clean(connection);
    if (reason > PQPOOL_CLOSE_DONE)
        pqpool_retire(connection, reason);
    else if (reason != PQPOOL_CHECKIN || (connection = pqpool_park(connection)))
        pqpool_give_back(connection, reason);
    if (pool->options.hedge)
        pqpool_review_suspects(pool);
}

void pqpool_get_statistics(struct pqpool *pool, struct pqpool_statistics *statistics)
{
    pthread_mutex_lock(&pool->lock);
    *statistics = pool->statistics;
    if (pool->parks)
        pqpool_count_parked(pool, statistics);
    pthread_mutex_unlock(&pool->lock);
}
