// Makes a place that was taken ready for its caller: pings the session it has, or opens one.
#include "pqpool_monitor.h"
#include "pqpool_owner.h"

// Sessions opened since the last such moment are a new generation: a session of the old one that is found
// dead later says nothing about them.
void pqpool_outdate_older(struct pqpool_place *place)
{
    struct pqpool *pool = place->pool;
    pthread_mutex_lock(&pool->lock);
    if (place->serial > pool->outdated)
        pool->outdated = pool->last_serial;
    pqpool_unlock(pool);
}

// PQPOOL_ANSWER_OK: the connection is the caller's. PQPOOL_ANSWER_DEAD: closed, a new one is wanted.
// Otherwise closed, and the checkout has failed.
static enum pqpool_answer ping_place(
    struct pqpool_place *place, int64_t deadline_us, struct pqpool_error *error)
{
    int64_t ping_deadline_us = pqpool_deadline_after_ms(place->pool->options.ping_timeout_ms);
    bool cut_short = deadline_us <= ping_deadline_us;
    enum pqpool_answer answer = pqpool_ask(
        place->pgconn, "SELECT 1", cut_short ? deadline_us : ping_deadline_us, error);
    switch (answer) {
    case PQPOOL_ANSWER_OK:
        pqpool_lock_and_move(place, PQPOOL_CHECKED_OUT, PQPOOL_PING_ANSWERED);
        return answer;
    case PQPOOL_ANSWER_ERROR: pqpool_close(place, PQPOOL_PING_REFUSED); return answer;
    case PQPOOL_ANSWER_EXPIRED:
        if (cut_short) {
            pqpool_close(place, PQPOOL_PING_CUT_SHORT);
            return answer;
        }
        break;
    default: break;
    }
    pqpool_outdate_older(place);
    pqpool_close(place, answer == PQPOOL_ANSWER_DEAD ? PQPOOL_PING_FAILED : PQPOOL_PING_EXPIRED);
    return PQPOOL_ANSWER_DEAD;
}

// Opens a session in a place that has none: at most `tries` times, and not again after the deadline.
static bool connect_place(
    struct pqpool_place *place, int tries, int64_t deadline_us, struct pqpool_error *error)
{
    const struct pqpool_options *options = &place->pool->options;
    do {
        if (place->state == PQPOOL_CLOSING)
            pqpool_lock_and_move(place, PQPOOL_CONNECTING, PQPOOL_CHECKOUT);
        int64_t connect_deadline_us = pqpool_deadline_after_ms(options->connect_timeout_ms);
        if (connect_deadline_us > deadline_us)
            connect_deadline_us = deadline_us;
        enum pqpool_answer answer = pqpool_connect(
            &place->pool->target, connect_deadline_us, &place->pgconn, error);
        if (answer == PQPOOL_ANSWER_OK) {
            pqpool_note_opened(place);
            pqpool_lock_and_move(place, PQPOOL_CHECKED_OUT, PQPOOL_CONNECTED);
            return true;
        }
        pqpool_close(place, answer == PQPOOL_ANSWER_DEAD ? PQPOOL_CONNECT_FAILED : PQPOOL_CONNECT_EXPIRED);
    } while (--tries > 0 && pqpool_now_us() < deadline_us);
    return false;
}

static bool ping_or_connect(struct pqpool_place *place, int64_t deadline_us, struct pqpool_error *error)
{
    int tries = place->pool->options.pre_ping ? PQPOOL_TRIES : 1;
    if (place->state == PQPOOL_CLOSING)
        pqpool_end_session(place);
    if (place->state == PQPOOL_PINGING) {
        enum pqpool_answer answer = ping_place(place, deadline_us, error);
        if (answer != PQPOOL_ANSWER_DEAD)
            return answer == PQPOOL_ANSWER_OK;
        tries--;
    }
    return connect_place(place, tries, deadline_us, error);
}

struct pqpool_place *pqpool_make_ready(
    struct pqpool_place *place, int64_t deadline_us, struct pqpool_error *error)
{
    if (place->state == PQPOOL_CHECKED_OUT)
        return place;
    if (place->pool->options.hedge)
        return pqpool_hedge(place, deadline_us, error);
    if (ping_or_connect(place, deadline_us, error))
        return place;
    pqpool_lock_and_move(place, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
    return NULL;
}
