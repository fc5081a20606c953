// The end of a pool: closes what is idle, and waits for what is not.
#include "pqpool_handle.h"
#include "pqpool_monitor.h"
#include "pqpool_owner.h"

#include <limits.h>
#include <stdlib.h>

// The lock is held. NULL: none is idle or suspect.
static struct pqpool_place *next_place_to_close(struct pqpool *pool)
{
    while (pqpool_collect_parked(pool, PQPOOL_NEVER))
        continue;
    struct pqpool_place *idle = TAILQ_FIRST(&pool->lists[PQPOOL_IDLE]);
    return idle ? idle : TAILQ_FIRST(&pool->lists[PQPOOL_SUSPECT]);
}

static void close_free_places(struct pqpool *pool, enum pqpool_reason reason)
{
    struct pqpool_place *place;
    pthread_mutex_lock(&pool->lock);
    while ((place = next_place_to_close(pool))) {
        pqpool_move(place, PQPOOL_CLOSING, reason);
        pqpool_unlock(pool);
        pqpool_end_session(place);
        pthread_mutex_lock(&pool->lock);
        pqpool_move(place, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
    }
    pqpool_unlock(pool);
}

static void refuse_checkouts(struct pqpool *pool)
{
    struct pqpool_waiter *waiter;
    pthread_mutex_lock(&pool->lock);
    pool->draining = true;
    pqpool_allow_parking(pool);
    TAILQ_FOREACH (waiter, &pool->waiters, link)
        pqpool_wake(pool, waiter);
    pqpool_unlock(pool);
}

unsigned pqpool_drain(struct pqpool *pool, int timeout_ms)
{
    if (!pool || timeout_ms < 0)
        return pool ? UINT_MAX : 0;
    int64_t deadline_us = pqpool_deadline_after_ms(timeout_ms);
    int cancellable;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
    refuse_checkouts(pool);
    close_free_places(pool, PQPOOL_DRAINED);
    const unsigned *closed = &pool->statistics.places[PQPOOL_CLOSED];
    bool in_time = true;
    pthread_mutex_lock(&pool->lock);
    while (*closed < pool->place_count && in_time)
        in_time = pqpool_sleep(pool, &pool->drained, deadline_us);
    unsigned left = pool->place_count - *closed;
    pqpool_unlock(pool);
    pthread_setcancelstate(cancellable, &cancellable);
    return left;
}

void pqpool_free(struct pqpool *pool)
{
    if (!pool)
        return;
    int cancellable;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
    pqpool_background_stop(pool);
    close_free_places(pool, PQPOOL_POOL_FREED);
    pqpool_fork_unregister(pool);
    pqpool_handles_end(pool);
    pqpool_waiters_destroy(pool);
    pthread_cond_destroy(&pool->drained);
    pthread_mutex_destroy(&pool->lock);
    pthread_condattr_destroy(&pool->monotonic);
    free(pool->places);
    free(pool->reset_query);
    free(pool->conninfo);
    free(pool);
    pthread_setcancelstate(cancellable, &cancellable);
}
