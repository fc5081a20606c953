// The pool's own thread: pings idle sessions, replaces the dead ones, and opens sessions up to the minimum,
// so that no checkout has to.
#include "pqpool_monitor.h"
#include "pqpool_owner.h"

#include <string.h>

#define US_PER_MS INT64_C(1000)

// When an idle session is to be pinged. After one was found dead: at once, unless it has answered since.
static int64_t ping_due_us(const struct pqpool_place *place)
{
    const struct pqpool *pool = place->pool;
    return place->used_us < pool->background.doubtful_us
               ? place->used_us
               : place->used_us + pool->options.background_ping_ms * US_PER_MS;
}

// The idle session that has been due the longest, now pinging. NULL: none is due before `*next_us`. The lock
// is held.
static struct pqpool_place *take_place_to_ping(struct pqpool *pool, int64_t *next_us)
{
    int64_t now_us = pqpool_now_us();
    *next_us = now_us + pool->options.background_ping_ms * US_PER_MS;
    struct pqpool_place *first = NULL, *place;
    while (pqpool_collect_parked(pool, PQPOOL_NEVER))
        continue;
    TAILQ_FOREACH (place, &pool->lists[PQPOOL_IDLE], link)
        if (ping_due_us(place) < *next_us) {
            *next_us = ping_due_us(place);
            first = place;
        }
    if (!first || *next_us > now_us)
        return NULL;
    pqpool_move(first, PQPOOL_PINGING, PQPOOL_BACKGROUND);
    return first;
}

// A place to open a session in, now connecting. NULL: there are enough, or the last attempt failed and the
// next one is at `*next_us` at the latest. The lock is held.
static struct pqpool_place *take_place_to_open(struct pqpool *pool, int64_t *next_us)
{
    struct pqpool_place *closed = TAILQ_FIRST(&pool->lists[PQPOOL_CLOSED]);
    if (!closed || pool->draining || pqpool_count_sessions(pool) >= pool->options.minimum)
        return NULL;
    if (pool->background.retry_us > pqpool_now_us()) {
        if (pool->background.retry_us < *next_us)
            *next_us = pool->background.retry_us;
        return NULL;
    }
    pqpool_move(closed, PQPOOL_CONNECTING, PQPOOL_BACKGROUND);
    return closed;
}

static void open_in_background(struct pqpool_place *place)
{
    const struct pqpool_options *options = &place->pool->options;
    struct pqpool_error ignored; // the reason of the move tells
    int timeout_ms = options->connect_timeout_ms > 0 ? options->connect_timeout_ms : options->ping_timeout_ms;
    enum pqpool_answer answer = pqpool_connect(
        &place->pool->target, pqpool_deadline_after_ms(timeout_ms), &place->pgconn, &ignored);
    if (answer != PQPOOL_ANSWER_OK) {
        place->pool->background.retry_us = pqpool_now_us() + options->background_ping_ms * US_PER_MS;
        pqpool_retire(place, answer == PQPOOL_ANSWER_DEAD ? PQPOOL_CONNECT_FAILED : PQPOOL_CONNECT_EXPIRED);
        return;
    }
    pqpool_note_opened(place);
    place->used_us = place->opened_us;
    pqpool_give_back(place, PQPOOL_CONNECTED);
}

static void ping_in_background(struct pqpool_place *place)
{
    struct pqpool *pool = place->pool;
    struct pqpool_error ignored; // the reason of the move tells
    int64_t deadline_us = pqpool_deadline_after_ms(pool->options.ping_timeout_ms);
    switch (pqpool_ask(place->pgconn, "SELECT 1", deadline_us, &ignored)) {
    case PQPOOL_ANSWER_OK:
        place->used_us = pqpool_now_us();
        pqpool_give_back(place, PQPOOL_PING_ANSWERED);
        return;
    case PQPOOL_ANSWER_ERROR: pqpool_close(place, PQPOOL_PING_REFUSED); break;
    case PQPOOL_ANSWER_EXPIRED: pqpool_close(place, PQPOOL_PING_EXPIRED); break;
    default: pqpool_close(place, PQPOOL_PING_FAILED);
    }
    pool->background.doubtful_us = pqpool_now_us();
    pqpool_lock_and_move(place, PQPOOL_CONNECTING, PQPOOL_BACKGROUND);
    open_in_background(place);
}

static void *run_background(void *argument)
{
    struct pqpool *pool = argument;
    pthread_mutex_lock(&pool->lock);
    while (!pool->background.stop) {
        int64_t next_us;
        struct pqpool_place *due = take_place_to_ping(pool, &next_us);
        struct pqpool_place *missing = due ? NULL : take_place_to_open(pool, &next_us);
        if (!due && !missing) {
            pqpool_sleep(pool, &pool->background.wake, next_us);
            continue;
        }
        pqpool_unlock(pool);
        if (due)
            ping_in_background(due);
        else
            open_in_background(missing);
        pthread_mutex_lock(&pool->lock);
    }
    pqpool_unlock(pool);
    return NULL;
}

bool pqpool_background_start(struct pqpool *pool, struct pqpool_error *error)
{
    struct pqpool_background *background = &pool->background;
    if (pool->options.background_ping_ms == 0)
        return true;
    pthread_cond_init(&background->wake, &pool->monotonic);
    int status = pthread_create(&background->thread, NULL, run_background, pool);
    background->runs = status == 0;
    if (!background->runs)
        pthread_cond_destroy(&background->wake);
    return background->runs || pqpool_fail(error, PQPOOL_FAILURE_MEMORY, "no thread: %s", strerror(status));
}

void pqpool_background_stop(struct pqpool *pool)
{
    struct pqpool_background *background = &pool->background;
    if (!background->runs)
        return;
    pthread_mutex_lock(&pool->lock);
    background->stop = true;
    pthread_cond_signal(&background->wake);
    pqpool_unlock(pool);
    pthread_join(background->thread, NULL);
    pthread_cond_destroy(&background->wake);
    background->runs = false;
}
