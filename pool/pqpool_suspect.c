// Suspects: sessions whose ping lost a race. Nobody waits for their answers: every checkout and checkin looks
// at what has arrived meanwhile.
#include "pqpool_monitor.h"
#include "pqpool_owner.h"

// PQPOOL_LATE: still unanswered, within its limit.
static enum pqpool_reason poll_suspect(struct pqpool_place *suspect)
{
    struct pqpool_error ignored; // the reason of the move tells
    switch (pqpool_exchange_step(&suspect->exchange, &ignored)) {
    case PQPOOL_ANSWER_OK: return PQPOOL_PING_ANSWERED;
    case PQPOOL_ANSWER_ERROR: return PQPOOL_PING_REFUSED;
    case PQPOOL_ANSWER_DEAD: return PQPOOL_PING_FAILED;
    default: return pqpool_now_us() < suspect->expires_us ? PQPOOL_LATE : PQPOOL_PING_EXPIRED;
    }
}

static struct pqpool_place *newest_idle_place(const struct pqpool *pool)
{
    struct pqpool_place *newest = NULL, *place;
    TAILQ_FOREACH (place, &pool->lists[PQPOOL_IDLE], link)
        if (!newest || place->serial > newest->serial)
            newest = place;
    return newest;
}

// Looks at all suspects, up to the first one that makes a session superfluous or is dead itself. Returns the
// session to close, in PQPOOL_CLOSING. NULL: none. The lock is held.
static struct pqpool_place *review_until_close(struct pqpool *pool)
{
    struct pqpool_place *suspect = TAILQ_FIRST(&pool->lists[PQPOOL_SUSPECT]), *next;
    for (; suspect; suspect = next) {
        next = TAILQ_NEXT(suspect, link);
        enum pqpool_reason reason = poll_suspect(suspect);
        if (reason == PQPOOL_LATE)
            continue;
        if (reason != PQPOOL_PING_ANSWERED) {
            pqpool_move(suspect, PQPOOL_CLOSING, reason);
            return suspect;
        }
        pqpool_exchange_clear(&suspect->exchange);
        pqpool_move(suspect, PQPOOL_IDLE, PQPOOL_PING_ANSWERED);
        if (pool->statistics.places[PQPOOL_IDLE] > pool->options.size) {
            struct pqpool_place *surplus = newest_idle_place(pool); // what was opened to replace it
            pqpool_move(surplus, PQPOOL_CLOSING, PQPOOL_SURPLUS);
            return surplus;
        }
    }
    return NULL;
}

void pqpool_review_suspects(struct pqpool *pool)
{
    struct pqpool_place *closing;
    do {
        pthread_mutex_lock(&pool->lock);
        closing = review_until_close(pool);
        pqpool_unlock(pool);
        if (closing) {
            pqpool_end_session(closing);
            pqpool_lock_and_move(closing, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
        }
    } while (closing);
}

struct pqpool_place *pqpool_take_suspect(struct pqpool *pool, enum pqpool_reason reason)
{
    pthread_mutex_lock(&pool->lock);
    struct pqpool_place *oldest = TAILQ_FIRST(&pool->lists[PQPOOL_SUSPECT]);
    if (oldest)
        pqpool_move(oldest, PQPOOL_PINGING, reason);
    pqpool_unlock(pool);
    return oldest;
}

bool pqpool_evict_suspect(struct pqpool *pool)
{
    pthread_mutex_lock(&pool->lock);
    struct pqpool_place *oldest = TAILQ_FIRST(&pool->lists[PQPOOL_SUSPECT]);
    if (oldest)
        pqpool_move(oldest, PQPOOL_CLOSING, PQPOOL_EVICTED);
    pqpool_unlock(pool);
    if (!oldest)
        return false;
    pqpool_end_session(oldest);
    pqpool_lock_and_move(oldest, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
    return true;
}
