// Which free place is next, and the queue of checkouts that wait for one: first come, first served.
#include "pqpool_private.h"

unsigned pqpool_count_sessions(const struct pqpool *pool)
{
    const unsigned *places = pool->statistics.places;
    return pool->places - places[PQPOOL_CLOSED] - pool->spares;
}

static struct pqpool_connection *next_idle(const struct pqpool *pool)
{
    const struct pqpool_list *idle = &pool->lists[PQPOOL_IDLE];
    return pool->options.order == PQPOOL_FIFO ? TAILQ_FIRST(idle) : TAILQ_LAST(idle, pqpool_list);
}

// NULL: none is free.
static struct pqpool_connection *take(struct pqpool *pool)
{
    struct pqpool_connection *connection = next_idle(pool);
    if (!connection && pqpool_count_sessions(pool) < pool->options.size + pool->options.overflow)
        connection = TAILQ_FIRST(&pool->lists[PQPOOL_CLOSED]);
    if (connection) {
        struct pqpool_step step = pqpool_judge(connection);
        pqpool_move(connection, step.to, step.reason);
    }
    return connection;
}

void pqpool_serve_waiters(struct pqpool *pool)
{
    struct pqpool_waiter *first;
    while ((first = TAILQ_FIRST(&pool->waiters)) && (first->given = take(pool))) {
        TAILQ_REMOVE(&pool->waiters, first, link);
        pool->statistics.waiting--;
        pthread_cond_signal(&first->turn);
    }
}

// False: the deadline passed.
static bool wait_once(struct pqpool *pool, struct pqpool_waiter *waiter, int64_t deadline_us)
{
    if (deadline_us == PQPOOL_NEVER)
        return pthread_cond_wait(&waiter->turn, &pool->lock) == 0;
    struct timespec deadline = pqpool_timespec(deadline_us);
    return pthread_cond_timedwait(&waiter->turn, &pool->lock, &deadline) == 0;
}

static struct pqpool_connection *wait_for_turn(struct pqpool *pool, int64_t deadline_us)
{
    struct pqpool_waiter self = {.given = NULL};
    pthread_cond_init(&self.turn, &pool->monotonic);
    TAILQ_INSERT_TAIL(&pool->waiters, &self, link);
    pool->statistics.waiting++;
    bool in_time = true;
    while (!self.given && in_time)
        in_time = wait_once(pool, &self, deadline_us);
    if (!self.given) {
        TAILQ_REMOVE(&pool->waiters, &self, link);
        pool->statistics.waiting--;
    }
    pthread_cond_destroy(&self.turn);
    return self.given;
}

struct pqpool_connection *pqpool_take(struct pqpool *pool, int64_t deadline_us)
{
    struct pqpool_connection *connection = TAILQ_EMPTY(&pool->waiters) ? take(pool) : NULL;
    return connection ? connection : wait_for_turn(pool, deadline_us);
}

struct pqpool_connection *pqpool_take_idle(struct pqpool *pool, enum pqpool_reason reason)
{
    pthread_mutex_lock(&pool->lock);
    struct pqpool_connection *connection;
    TAILQ_FOREACH(connection, &pool->lists[PQPOOL_IDLE], link)
    if (connection->serial > pool->outdated)
        break;
    if (connection)
        pqpool_move(connection, PQPOOL_PINGING, reason);
    pthread_mutex_unlock(&pool->lock);
    return connection;
}

struct pqpool_connection *pqpool_take_closed(struct pqpool *pool, enum pqpool_reason reason)
{
    pthread_mutex_lock(&pool->lock);
    struct pqpool_connection *connection = TAILQ_FIRST(&pool->lists[PQPOOL_CLOSED]);
    if (connection) {
        pqpool_set_spare(connection, true);
        pqpool_move(connection, PQPOOL_CONNECTING, reason);
    }
    pthread_mutex_unlock(&pool->lock);
    return connection;
}

void pqpool_give_back(struct pqpool_connection *connection, enum pqpool_reason reason)
{
    struct pqpool *pool = connection->pool;
    const struct pqpool_options *options = &pool->options;
    pthread_mutex_lock(&pool->lock);
    bool surplus = pool->statistics.places[PQPOOL_IDLE] >= options->size ||
                   pqpool_count_sessions(pool) > options->size + options->overflow;
    if (surplus)
        pqpool_move(connection, PQPOOL_CLOSING, PQPOOL_SURPLUS);
    else
        pqpool_move(connection, PQPOOL_IDLE, reason);
    pthread_mutex_unlock(&pool->lock);
    if (!surplus)
        return;
    pqpool_end_session(connection);
    pqpool_lock_and_move(connection, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
}
