// Which free place is next, and the queue of checkouts that wait for one.
//
// A place that becomes free goes to the first waiter at once; new waiters are enqueued at the end. The one
// exception are turns (pqpool_turn.c): what is given back within its turn is parked for its thread and not
// handed on. The first waiter is woken when that turn is over and looks for parked sessions. If there is
// none, it gets the next one that is given back.
#include "pqpool_monitor.h"
#include "pqpool_owner.h"

static struct pqpool_place *next_idle_place(const struct pqpool *pool)
{
    const struct pqpool_list *idle = &pool->lists[PQPOOL_IDLE];
    return pool->options.order == PQPOOL_FIFO ? TAILQ_FIRST(idle) : TAILQ_LAST(idle, pqpool_list);
}

static bool collect_one_parked(struct pqpool *pool, int64_t *now_us)
{
    if (*now_us == 0)
        *now_us = pqpool_now_us();
    return pqpool_collect_parked(pool, *now_us);
}

// NULL: none is free. The clock is read into `now_us` if it is needed and not read already.
static struct pqpool_place *take_free_place(struct pqpool *pool, int64_t *now_us)
{
    if (pool->draining)
        return NULL;
    struct pqpool_place *place = next_idle_place(pool);
    if (!place && pool->parks && !pool->swept && collect_one_parked(pool, now_us))
        place = next_idle_place(pool);
    if (!place && pqpool_count_sessions(pool) < pool->options.size + pool->options.overflow)
        place = TAILQ_FIRST(&pool->lists[PQPOOL_CLOSED]);
    if (place) {
        struct pqpool_step step = pqpool_next_step(place);
        pqpool_move(place, step.to, step.reason);
        place->turn_over_us = 0;
        place->turn_is_new = false;
        place->in_turn = false;
    }
    return place;
}

// Has the first waiter look for parked sessions when that turn is over.
static void let_first_look_at(struct pqpool *pool, int64_t turn_over_us)
{
    struct pqpool_waiter *first = TAILQ_FIRST(&pool->waiters);
    if (turn_over_us >= first->look_us)
        return;
    first->look_us = turn_over_us;
    pqpool_allow_parking(pool);
    pqpool_wake(pool, first);
}

static void serve_queue(struct pqpool *pool, int64_t now_us)
{
    if (pool->serving) // taking a place can free another one, which comes back here
        return;
    pool->serving = true;
    struct pqpool_waiter *first;
    while ((first = TAILQ_FIRST(&pool->waiters)) && (first->given = take_free_place(pool, &now_us))) {
        pqpool_dequeue(pool, first);
        pqpool_wake(pool, first);
    }
    if (first && pool->parks)
        let_first_look_at(pool, pool->turn_over_us);
    pool->serving = false;
}

void pqpool_serve_waiters(struct pqpool *pool)
{
    serve_queue(pool, 0);
}

static void count_wait(struct pqpool_statistics *statistics, int64_t waited_us)
{
    statistics->waits++;
    statistics->waited_us += waited_us;
    if (waited_us > statistics->longest_wait_us)
        statistics->longest_wait_us = waited_us;
}

static struct pqpool_place *wait_in_queue(struct pqpool *pool, int64_t since_us, int64_t deadline_us)
{
    struct pqpool_waiter on_stack, *self = pqpool_enqueue(pool, &on_stack);
    serve_queue(pool, since_us); // what was parked before parking was forbidden
    while (!self->given && !pool->draining) {
        int64_t look_us = self->look_us;
        if (pqpool_sleep(pool, &self->turn, look_us < deadline_us ? look_us : deadline_us) || self->given)
            continue;
        if (look_us >= deadline_us)
            break;
        self->look_us = PQPOOL_NEVER;
        pqpool_allow_parking(pool);
        pqpool_serve_waiters(pool);
    }
    struct pqpool_place *given = self->given;
    if (!given)
        pqpool_dequeue(pool, self);
    pqpool_release_waiter(pool, self);
    int64_t now_us = pqpool_now_us();
    count_wait(&pool->statistics, now_us - since_us);
    if (given) // the turn begins now: a thread that sleeps cannot use it
        pqpool_begin_turn(given, now_us);
    return given;
}

// Nobody waits: what is still parked after a turn becomes idle, and keeps its order among the idle ones.
static void collect_all_parked(struct pqpool *pool)
{
    while (pool->parks && pool->options.order == PQPOOL_FIFO && !pool->swept &&
           pqpool_collect_parked(pool, PQPOOL_NEVER))
        continue;
}

struct pqpool_place *pqpool_take(struct pqpool *pool, int64_t deadline_us)
{
    int64_t now_us = 0;
    struct pqpool_place *place = NULL;
    if (TAILQ_EMPTY(&pool->waiters)) {
        collect_all_parked(pool);
        place = take_free_place(pool, &now_us);
    }
    return place ? place : wait_in_queue(pool, now_us ? now_us : pqpool_now_us(), deadline_us);
}

static struct pqpool_place *next_place_to_race(const struct pqpool *pool)
{
    struct pqpool_place *place;
    TAILQ_FOREACH (place, &pool->lists[PQPOOL_IDLE], link)
        if (place->serial > pool->outdated)
            break;
    return place;
}

struct pqpool_place *pqpool_take_idle(struct pqpool *pool, enum pqpool_reason reason)
{
    pthread_mutex_lock(&pool->lock);
    struct pqpool_place *place = next_place_to_race(pool); // with hedge nothing is parked
    if (place)
        pqpool_move(place, PQPOOL_PINGING, reason);
    pqpool_unlock(pool);
    return place;
}

struct pqpool_place *pqpool_take_closed(struct pqpool *pool, enum pqpool_reason reason)
{
    pthread_mutex_lock(&pool->lock);
    struct pqpool_place *place = TAILQ_FIRST(&pool->lists[PQPOOL_CLOSED]);
    if (place) {
        pqpool_set_spare(place, true);
        pqpool_move(place, PQPOOL_CONNECTING, reason);
    }
    pqpool_unlock(pool);
    return place;
}

// More sessions than the pool keeps? None is parked while there are too many, so the idle list shows them
// all.
static bool is_surplus(const struct pqpool *pool)
{
    const struct pqpool_options *options = &pool->options;
    return pool->statistics.places[PQPOOL_IDLE] >= options->size ||
           pqpool_count_sessions(pool) > options->size + options->overflow;
}

// Parks it for its thread if somebody waits and its turn goes on. False: it is given back as usual.
static bool park_if_in_turn(struct pqpool_place *place)
{
    struct pqpool *pool = place->pool;
    if (!pool->parks || TAILQ_EMPTY(&pool->waiters) || !pqpool_turn_goes_on(place))
        return false;
    int64_t turn_over_us = place->turn_over_us;
    if (!pqpool_park_for_turn(place))
        return false;
    let_first_look_at(pool, turn_over_us);
    return true;
}

void pqpool_give_back(struct pqpool_place *place, enum pqpool_reason reason)
{
    struct pqpool *pool = place->pool;
    pthread_mutex_lock(&pool->lock);
    bool surplus = is_surplus(pool) || pool->draining;
    if (surplus)
        pqpool_move(place, PQPOOL_CLOSING, pool->draining ? PQPOOL_DRAINED : PQPOOL_SURPLUS);
    else if (reason != PQPOOL_CHECKIN || !park_if_in_turn(place))
        pqpool_move(place, PQPOOL_IDLE, reason);
    pqpool_unlock(pool);
    if (!surplus)
        return;
    pqpool_end_session(place);
    pqpool_lock_and_move(place, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
}
