// The queue of checkouts that wait for a free place: first come, first served.
#include "pqpool_private.h"

struct pqpool_connection *pqpool_first_free(const struct pqpool *pool)
{
    struct pqpool_connection *idle = TAILQ_FIRST(&pool->lists[PQPOOL_IDLE]);
    return idle ? idle : TAILQ_FIRST(&pool->lists[PQPOOL_CLOSED]);
}

void pqpool_wake_first(struct pqpool *pool)
{
    struct pqpool_waiter *first = TAILQ_FIRST(&pool->waiters);
    if (first && pqpool_first_free(pool))
        pthread_cond_signal(&first->turn);
}

// False: the deadline passed.
static bool wait_once(struct pqpool *pool, struct pqpool_waiter *waiter, int64_t deadline_us)
{
    if (deadline_us == PQPOOL_NEVER)
        return pthread_cond_wait(&waiter->turn, &pool->lock) == 0;
    struct timespec deadline = pqpool_timespec(deadline_us);
    return pthread_cond_timedwait(&waiter->turn, &pool->lock, &deadline) == 0;
}

struct pqpool_connection *pqpool_wait_for_free(struct pqpool *pool, int64_t deadline_us)
{
    if (TAILQ_EMPTY(&pool->waiters) && pqpool_first_free(pool))
        return pqpool_first_free(pool);

    struct pqpool_waiter self;
    pthread_cond_init(&self.turn, &pool->monotonic);
    TAILQ_INSERT_TAIL(&pool->waiters, &self, link);
    pool->statistics.waiting++;
    struct pqpool_connection *found;
    bool in_time = true;
    do {
        in_time = wait_once(pool, &self, deadline_us);
        found = TAILQ_FIRST(&pool->waiters) == &self ? pqpool_first_free(pool) : NULL;
    } while (!found && in_time);
    pool->statistics.waiting--;
    TAILQ_REMOVE(&pool->waiters, &self, link);
    pthread_cond_destroy(&self.turn);
    return found;
}
