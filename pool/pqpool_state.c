// The states of a place, the one function that moves it between them, and their names.
#include "pqpool_handle.h"
#include "pqpool_monitor.h"
#include "pqpool_owner.h"

static const char *const state_names[PQPOOL_STATES] = {
    [PQPOOL_CLOSED] = "closed",
    [PQPOOL_CONNECTING] = "connecting",
    [PQPOOL_IDLE] = "idle",
    [PQPOOL_PINGING] = "pinging",
    [PQPOOL_CHECKED_OUT] = "checked out",
    [PQPOOL_RESETTING] = "resetting",
    [PQPOOL_CLOSING] = "closing",
    [PQPOOL_SUSPECT] = "suspect",
};

static const char *const reason_names[PQPOOL_REASONS] = {
    [PQPOOL_CHECKOUT] = "checkout",
    [PQPOOL_CONNECTED] = "connected",
    [PQPOOL_PING_ANSWERED] = "ping answered",
    [PQPOOL_CHECKIN] = "checkin",
    [PQPOOL_IN_TRANSACTION] = "in transaction",
    [PQPOOL_ROLLED_BACK] = "rolled back",
    [PQPOOL_RESET_DONE] = "reset done",
    [PQPOOL_HEDGE] = "hedge",
    [PQPOOL_LATE] = "late",
    [PQPOOL_BACKGROUND] = "background",
    [PQPOOL_CLOSE_DONE] = "close done",
    [PQPOOL_CONNECT_FAILED] = "connect failed",
    [PQPOOL_CONNECT_EXPIRED] = "connect expired",
    [PQPOOL_PING_FAILED] = "ping failed",
    [PQPOOL_PING_EXPIRED] = "ping expired",
    [PQPOOL_PING_CUT_SHORT] = "ping cut short",
    [PQPOOL_PING_REFUSED] = "ping refused",
    [PQPOOL_FOUND_DEAD] = "found dead",
    [PQPOOL_NOT_NEEDED] = "not needed",
    [PQPOOL_EVICTED] = "evicted",
    [PQPOOL_TOO_OLD] = "too old",
    [PQPOOL_OUTDATED] = "outdated",
    [PQPOOL_BROKEN] = "broken",
    [PQPOOL_UNCLEAN] = "unclean",
    [PQPOOL_RESET_FAILED] = "reset failed",
    [PQPOOL_POOL_FREED] = "pool freed",
    [PQPOOL_SURPLUS] = "surplus",
    [PQPOOL_DRAINED] = "drained",
};

const char *pqpool_state_name(enum pqpool_state state)
{
    return (unsigned)state < PQPOOL_STATES ? state_names[state] : "unknown";
}

const char *pqpool_reason_name(enum pqpool_reason reason)
{
    return (unsigned)reason < PQPOOL_REASONS ? reason_names[reason] : "unknown";
}

void pqpool_set_spare(struct pqpool_place *place, bool spare)
{
    place->pool->spares += (unsigned)spare - (unsigned)place->spare;
    place->spare = spare;
}

unsigned pqpool_count_sessions(const struct pqpool *pool)
{
    const unsigned *places = pool->statistics.places;
    return pool->place_count - places[PQPOOL_CLOSED] - pool->spares;
}

// A session that is too old is being replaced from the move with that reason until its place is in use or
// free. Kept here, so that no thread has to remember it, whatever becomes of the place.
static void note_recycling(struct pqpool_place *place, enum pqpool_reason reason)
{
    struct pqpool *pool = place->pool;
    bool under_way = place->state == PQPOOL_CLOSING || place->state == PQPOOL_CONNECTING;
    if (reason == PQPOOL_TOO_OLD)
        pool->recycling = place;
    else if (!under_way && pool->recycling == place)
        pool->recycling = NULL;
}

void pqpool_move(struct pqpool_place *place, enum pqpool_state to, enum pqpool_reason reason)
{
    struct pqpool *pool = place->pool;
    enum pqpool_state from = place->state;
    TAILQ_REMOVE(&pool->lists[from], place, link);
    TAILQ_INSERT_TAIL(&pool->lists[to], place, link);
    place->state = to;
    if (to == PQPOOL_CONNECTING)
        place->serial = ++pool->last_serial;
    note_recycling(place, reason);
    if (to == PQPOOL_SUSPECT)
        pqpool_set_spare(place, true);
    else if (to == PQPOOL_CHECKED_OUT || to == PQPOOL_IDLE || to == PQPOOL_CLOSED)
        pqpool_set_spare(place, false);
    pool->statistics.places[from]--;
    pool->statistics.places[to]++;
    pool->statistics.changes[reason]++;
    if (pool->options.hook) {
        struct pqpool_change change = {place->index, place->serial, from, to, reason};
        pool->options.hook(pool->options.hook_context, &change);
    }
    pqpool_allow_parking(pool);
    if (to == PQPOOL_CLOSED && pool->draining)
        pthread_cond_broadcast(&pool->drained);
    if (to == PQPOOL_IDLE || to == PQPOOL_CLOSED || to == PQPOOL_SUSPECT)
        pqpool_serve_waiters(pool);
}

void pqpool_init_places(struct pqpool *pool)
{
    pqpool_waiters_init(pool);
    for (int state = 0; state < PQPOOL_STATES; state++) {
        TAILQ_INIT(&pool->lists[state]);
        pool->statistics.places[state] = 0;
    }
    for (unsigned i = 0; i < pool->place_count; i++) {
        struct pqpool_place *place = &pool->places[i];
        place->state = PQPOOL_CLOSED;
        place->spare = false;
        place->holder = PQPOOL_NOBODY;
        place->pgconn = NULL;
        place->exchange = (struct pqpool_exchange){.pgconn = NULL};
        TAILQ_INSERT_TAIL(&pool->lists[PQPOOL_CLOSED], place, link);
    }
    for (int slot = 0; slot < PQPOOL_SLOTS; slot++)
        pool->slots[slot].last = NULL;
    pool->statistics.places[PQPOOL_CLOSED] = pool->place_count;
    pool->spares = 0;
    pool->recycling = NULL;
    pool->background.runs = false;
    pthread_cond_init(&pool->drained, &pool->monotonic);
    pqpool_allow_parking(pool);
}

void pqpool_lock_and_move(struct pqpool_place *place, enum pqpool_state to, enum pqpool_reason reason)
{
    pthread_mutex_lock(&place->pool->lock);
    pqpool_move(place, to, reason);
    pqpool_unlock(place->pool);
}

void pqpool_close(struct pqpool_place *place, enum pqpool_reason reason)
{
    pqpool_lock_and_move(place, PQPOOL_CLOSING, reason);
    pqpool_end_session(place);
}

void pqpool_end_session(struct pqpool_place *place)
{
    pqpool_exchange_clear(&place->exchange);
    pqpool_finish(place->pgconn);
    place->pgconn = NULL;
}

void pqpool_retire(struct pqpool_place *place, enum pqpool_reason reason)
{
    pqpool_close(place, reason);
    pqpool_lock_and_move(place, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
}
