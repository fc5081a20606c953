// The end of a pool: closes what is idle, and waits for what is not.
#include "pqpool_private.h"

#include <stdlib.h>

// The lock is held. NULL: none is idle or suspect.
static struct pqpool_connection *next_to_close(struct pqpool *pool)
{
    while (pqpool_collect(pool, PQPOOL_NEVER))
        continue;
    struct pqpool_connection *idle = TAILQ_FIRST(&pool->lists[PQPOOL_IDLE]);
    return idle ? idle : TAILQ_FIRST(&pool->lists[PQPOOL_SUSPECT]);
}

static void close_all(struct pqpool *pool, enum pqpool_reason reason)
{
    struct pqpool_connection *connection;
    pthread_mutex_lock(&pool->lock);
    while ((connection = next_to_close(pool))) {
        pqpool_move(connection, PQPOOL_CLOSING, reason);
        pthread_mutex_unlock(&pool->lock);
        pqpool_end_session(connection);
        pthread_mutex_lock(&pool->lock);
        pqpool_move(connection, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
    }
    pthread_mutex_unlock(&pool->lock);
}

static void refuse_checkouts(struct pqpool *pool)
{
    struct pqpool_waiter *waiter;
    pthread_mutex_lock(&pool->lock);
    pool->draining = true;
    pqpool_allow_parking(pool);
    TAILQ_FOREACH (waiter, &pool->waiters, link)
        pthread_cond_signal(&waiter->turn);
    pthread_mutex_unlock(&pool->lock);
}

unsigned pqpool_drain(struct pqpool *pool, int timeout_ms)
{
    int64_t deadline_us = pqpool_deadline_after_ms(timeout_ms);
    struct timespec deadline = pqpool_timespec(deadline_us);
    int cancellable;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
    refuse_checkouts(pool);
    close_all(pool, PQPOOL_DRAINED);
    const unsigned *closed = &pool->statistics.places[PQPOOL_CLOSED];
    int status = 0;
    pthread_mutex_lock(&pool->lock);
    while (*closed < pool->places && status == 0)
        status = deadline_us == PQPOOL_NEVER ? pthread_cond_wait(&pool->drained, &pool->lock)
                                             : pthread_cond_timedwait(&pool->drained, &pool->lock, &deadline);
    unsigned left = pool->places - *closed;
    pthread_mutex_unlock(&pool->lock);
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
    close_all(pool, PQPOOL_POOL_FREED);
    pqpool_forget_at_fork(pool);
    pthread_cond_destroy(&pool->drained);
    pthread_mutex_destroy(&pool->lock);
    pthread_condattr_destroy(&pool->monotonic);
    free(pool->connections);
    free(pool->reset_query);
    free(pool->conninfo);
    free(pool);
    pthread_setcancelstate(cancellable, &cancellable);
}
