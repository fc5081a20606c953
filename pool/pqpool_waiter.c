// Waiters: enqueue, sleep, wake, dequeue. A thread that is woken often preempts the one that woke it. If that
// one still held the lock, all others would block on the lock until it runs again, and a mutex lets them in
// in any order. So wake-ups are sent after the lock was released. The condition they are sent to must still
// exist then, even if its thread is gone: so the pool owns the waiters.
#include "pqpool_monitor.h"

#include <string.h>

void pqpool_waiters_init(struct pqpool *pool)
{
    TAILQ_INIT(&pool->waiters);
    SLIST_INIT(&pool->spare_waiters);
    for (int i = 0; i < PQPOOL_WAITERS; i++) {
        pthread_cond_init(&pool->own_waiters[i].turn, &pool->monotonic);
        SLIST_INSERT_HEAD(&pool->spare_waiters, &pool->own_waiters[i], spare);
    }
    pool->statistics.waiting = pool->woken_count = 0;
}

void pqpool_waiters_destroy(struct pqpool *pool)
{
    for (int i = 0; i < PQPOOL_WAITERS; i++)
        pthread_cond_destroy(&pool->own_waiters[i].turn);
}

struct pqpool_waiter *pqpool_enqueue(struct pqpool *pool, struct pqpool_waiter *on_stack)
{
    struct pqpool_waiter *waiter = SLIST_FIRST(&pool->spare_waiters);
    if (waiter)
        SLIST_REMOVE_HEAD(&pool->spare_waiters, spare);
    else
        pthread_cond_init(&on_stack->turn, &pool->monotonic);
    waiter = waiter ? waiter : on_stack;
    waiter->is_pools = waiter != on_stack;
    waiter->given = NULL;
    waiter->look_us = PQPOOL_NEVER;
    TAILQ_INSERT_TAIL(&pool->waiters, waiter, link);
    pool->statistics.waiting++;
    pqpool_allow_parking(pool);
    return waiter;
}

void pqpool_dequeue(struct pqpool *pool, struct pqpool_waiter *waiter)
{
    TAILQ_REMOVE(&pool->waiters, waiter, link);
    pool->statistics.waiting--;
    pqpool_allow_parking(pool);
}

void pqpool_release_waiter(struct pqpool *pool, struct pqpool_waiter *waiter)
{
    if (waiter->is_pools)
        SLIST_INSERT_HEAD(&pool->spare_waiters, waiter, spare);
    else
        pthread_cond_destroy(&waiter->turn);
}

void pqpool_wake(struct pqpool *pool, struct pqpool_waiter *waiter)
{
    if (waiter->is_pools && pool->woken_count < PQPOOL_WOKEN)
        pool->woken[pool->woken_count++] = waiter;
    else
        pthread_cond_signal(&waiter->turn);
}

void pqpool_unlock(struct pqpool *pool)
{
    struct pqpool_waiter *woken[PQPOOL_WOKEN];
    unsigned count = pool->woken_count;
    memcpy(woken, pool->woken, count * sizeof *woken);
    pool->woken_count = 0;
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < count; i++)
        pthread_cond_signal(&woken[i]->turn);
}

bool pqpool_sleep(struct pqpool *pool, pthread_cond_t *condition, int64_t until_us)
{
    if (pool->woken_count > 0) {
        pqpool_unlock(pool);
        pthread_mutex_lock(&pool->lock);
        return true; // anything may have happened meanwhile
    }
    if (until_us == PQPOOL_NEVER)
        return pthread_cond_wait(condition, &pool->lock) == 0;
    struct timespec until = pqpool_timespec(until_us);
    return pthread_cond_timedwait(condition, &pool->lock, &until) == 0;
}
