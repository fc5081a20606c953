// Hedged checkout: a ping that is late is raced against a new session and a ping on another idle one.
//
//     take a session, look at its socket ── dead ──> the next idle one; none left: connect
//               │ nothing known
//             ping ── answered in time ──> handed out
//               │ late, or dead
//     ping  |  connect  |  ping another ──> the first that is ready is handed out; a connect that lost is
//                                           closed, a ping that lost makes its session a suspect
#include "pqpool_monitor.h"
#include "pqpool_owner.h"

#include <errno.h>

#define RUNNERS        3
#define CONNECTS       (PQPOOL_TRIES - 1)
#define CONNECT_LIMITS 4 // a connect over TLS takes about 7 round trips

struct race {
    struct pqpool *pool;
    struct pqpool_place *runners[RUNNERS]; // pinging or connecting
    nfds_t count;
    struct pqpool_place *winner;
    struct pqpool_place *closed; // a place whose session was ended: for the next connect
    int connects_left;
    struct pqpool_hosts hosts;
    bool on; // the first ping or connect is late or has failed: everything at once
    int64_t late_us, deadline_us;
    struct pqpool_error *error; // of the last that failed
};

static void learn_round_trip(struct pqpool *pool, int64_t sample_us)
{
    if (sample_us <= 0)
        return;
    pthread_mutex_lock(&pool->lock);
    pqpool_round_trip_learn(&pool->round_trip, sample_us);
    pqpool_unlock(pool);
}

void pqpool_note_opened(struct pqpool_place *place)
{
    struct pqpool *pool = place->pool;
    if (pool->keeps_time)
        place->opened_us = pqpool_now_us();
    if (pool->options.hedge)
        learn_round_trip(pool, pqpool_socket_round_trip_us(place->pgconn));
}

// Ends the session of a runner that failed. The first such place is kept for the next connect.
static void race_lose(struct race *race, struct pqpool_place *place, enum pqpool_reason reason)
{
    pqpool_close(place, reason);
    if (!race->closed)
        race->closed = place;
    else
        pqpool_lock_and_move(place, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
}

// Takes note of how a runner ended: as the winner, or not.
static void race_conclude(struct race *race, struct pqpool_place *place, enum pqpool_answer answer)
{
    bool connecting = place->state == PQPOOL_CONNECTING;
    if (answer == PQPOOL_ANSWER_OK) {
        race->winner = place;
        if (connecting)
            pqpool_note_opened(place);
        else
            learn_round_trip(race->pool, pqpool_now_us() - place->begun_us);
        return;
    }
    race->on = true;
    enum pqpool_reason reason = connecting ? PQPOOL_CONNECT_FAILED : PQPOOL_PING_FAILED;
    if (answer == PQPOOL_ANSWER_EXPIRED && connecting && pqpool_hosts_drop(&race->hosts, place->pgconn))
        race->connects_left++; // the same attempt, without a silent host
    if (answer == PQPOOL_ANSWER_EXPIRED)
        reason = connecting ? PQPOOL_CONNECT_EXPIRED : PQPOOL_PING_EXPIRED;
    else if (answer == PQPOOL_ANSWER_ERROR)
        reason = PQPOOL_PING_REFUSED;
    race_lose(race, place, reason);
}

static void race_enter(struct race *race, struct pqpool_place *place, enum pqpool_answer answer)
{
    if (answer == PQPOOL_ANSWER_PENDING)
        race->runners[race->count++] = place;
    else
        race_conclude(race, place, answer);
}

// False: its socket was dead already, and nothing was sent.
static bool race_enter_ping(struct race *race, struct pqpool_place *place)
{
    static const struct pqpool_query ping = {.text = "SELECT 1"};
    if (pqpool_looks_dead(place->pgconn)) {
        pqpool_fail(race->error, PQPOOL_FAILURE_CONNECT, "the connection was closed while it was idle");
        race_lose(race, place, PQPOOL_FOUND_DEAD);
        return false;
    }
    place->begun_us = pqpool_now_us();
    place->expires_us = pqpool_deadline_after_ms(race->pool->options.ping_timeout_ms);
    race_enter(race, place, pqpool_ask_begin(&place->exchange, place->pgconn, &ping, race->error));
    return true;
}

// The place of a runner that failed, or else one beyond the pool's size.
static struct pqpool_place *race_place_for_connect(struct race *race)
{
    struct pqpool_place *place = race->closed;
    race->closed = NULL;
    if (place && place->state == PQPOOL_CLOSING)
        pqpool_lock_and_move(place, PQPOOL_CONNECTING, PQPOOL_HEDGE);
    while (!place && !(place = pqpool_take_closed(race->pool, PQPOOL_HEDGE)))
        if (!pqpool_evict_suspect(race->pool))
            return NULL;
    return place;
}

static void race_enter_connect(struct race *race)
{
    struct pqpool *pool = race->pool;
    struct pqpool_place *place = race_place_for_connect(race);
    race->connects_left = place ? race->connects_left - 1 : 0;
    if (!place)
        return;
    place->expires_us = pqpool_deadline_after_ms(pool->options.connect_timeout_ms);
    if (place->expires_us > race->deadline_us && race->hosts.count > 1)
        place->expires_us = race->deadline_us;
    place->expires_us = pqpool_hosts_share(&race->hosts, place->expires_us);
    enum pqpool_answer answer = pqpool_connect_begin(&place->exchange, &race->hosts.target, race->error);
    place->pgconn = place->exchange.pgconn;
    race_enter(race, place, answer);
}

// Pings another idle session, or takes a suspect into the race, whose ping is under way.
static void race_enter_another_ping(struct race *race)
{
    struct pqpool_place *idle;
    do {
        idle = pqpool_take_idle(race->pool, PQPOOL_HEDGE);
    } while (idle && !race_enter_ping(race, idle));
    struct pqpool_place *suspect = idle ? NULL : pqpool_take_suspect(race->pool, PQPOOL_HEDGE);
    if (suspect)
        race_enter(race, suspect, PQPOOL_ANSWER_PENDING);
}

static int race_count_runners(const struct race *race, enum pqpool_state state)
{
    int count = 0;
    for (nfds_t i = 0; i < race->count; i++)
        count += race->runners[i]->state == state;
    return count;
}

// Starts the runners that are due by now.
static void race_fill(struct race *race)
{
    if (race->count > 0 && !race->on)
        return;
    if (race_count_runners(race, PQPOOL_PINGING) == 0)
        race_enter_another_ping(race);
    if (race->winner || (race->count > 0 && !race->on))
        return;
    if (race_count_runners(race, PQPOOL_CONNECTING) == 0 && race->connects_left > 0)
        race_enter_connect(race);
    if (!race->winner && race_count_runners(race, PQPOOL_PINGING) == 1)
        race_enter_another_ping(race);
}

static void race_step(struct race *race, const struct pollfd *sockets)
{
    for (nfds_t i = race->count; i-- > 0 && !race->winner;) {
        struct pqpool_place *runner = race->runners[i];
        enum pqpool_answer answer = PQPOOL_ANSWER_PENDING;
        if (sockets[i].revents)
            answer = pqpool_exchange_step(&runner->exchange, race->error);
        else if (pqpool_now_us() >= runner->expires_us)
            answer = PQPOOL_ANSWER_EXPIRED;
        if (answer == PQPOOL_ANSWER_PENDING)
            continue;
        race->runners[i] = race->runners[--race->count];
        race_conclude(race, runner, answer);
    }
}

// False: the deadline passed.
static bool race_wait(struct race *race)
{
    struct pollfd sockets[RUNNERS] = {{0}};
    int64_t until_us = race->on || race->deadline_us < race->late_us ? race->deadline_us : race->late_us;
    for (nfds_t i = 0; i < race->count; i++) {
        sockets[i] = pqpool_exchange_socket(&race->runners[i]->exchange);
        if (race->runners[i]->expires_us < until_us)
            until_us = race->runners[i]->expires_us;
    }
    int64_t left_us = until_us - pqpool_now_us();
    struct timespec left = pqpool_timespec(left_us > 0 ? left_us : 0); // a millisecond may be a round trip
    if (ppoll(sockets, race->count, until_us == PQPOOL_NEVER ? NULL : &left, NULL) < 0 && errno != EINTR)
        return false; // waiting longer would not help
    race_step(race, sockets);
    int64_t now_us = pqpool_now_us();
    race->on = race->on || now_us >= race->late_us;
    return race->winner || now_us < race->deadline_us;
}

static void race_run(struct race *race)
{
    while (!race->winner) {
        race_fill(race);
        if (race->winner || (race->count == 0 && race->connects_left == 0))
            return;
        if (race->count > 0 && !race_wait(race)) {
            pqpool_fail(race->error, PQPOOL_FAILURE_EXPIRED,
                "timeout expired: neither a pooled connection nor a new one was ready in time");
            return;
        }
    }
}

// Moves winner and losers with the lock held once, so that the pool never counts more sessions than it may
// have.
static void race_settle(struct race *race)
{
    struct pqpool *pool = race->pool;
    struct pqpool_place *winner = race->winner, *connecting = NULL;
    pthread_mutex_lock(&pool->lock);
    if (winner)
        pqpool_move(winner, PQPOOL_CHECKED_OUT,
            winner->state == PQPOOL_CONNECTING ? PQPOOL_CONNECTED : PQPOOL_PING_ANSWERED);
    for (nfds_t i = 0; i < race->count; i++) {
        struct pqpool_place *runner = race->runners[i];
        if (runner->state == PQPOOL_PINGING)
            pqpool_move(runner, PQPOOL_SUSPECT, PQPOOL_LATE);
        else
            connecting = runner;
    }
    if (connecting)
        pqpool_move(connecting, PQPOOL_CLOSING, winner ? PQPOOL_NOT_NEEDED : PQPOOL_CONNECT_EXPIRED);
    if (race->closed)
        pqpool_move(race->closed, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
    pqpool_unlock(pool);
    if (connecting) {
        pqpool_end_session(connecting);
        pqpool_lock_and_move(connecting, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
    }
    if (winner)
        pqpool_exchange_clear(&winner->exchange);
}

struct pqpool_place *pqpool_hedge(struct pqpool_place *first, int64_t deadline_us, struct pqpool_error *error)
{
    struct pqpool *pool = first->pool;
    struct race race = {.pool = pool, .connects_left = CONNECTS, .deadline_us = deadline_us, .error = error};
    pqpool_hosts_init(&race.hosts, &pool->target);
    pthread_mutex_lock(&pool->lock);
    int64_t limit_us = pqpool_round_trip_limit_us(&pool->round_trip);
    pqpool_unlock(pool);
    race.late_us = pqpool_now_us() + limit_us;
    if (first->state == PQPOOL_PINGING) {
        race_enter_ping(&race, first);
    } else {
        race.closed = first;
        // a pool that grows is not stopped by a session that is given back meanwhile
        race.late_us += CONNECT_LIMITS * limit_us;
        if (first->state == PQPOOL_CLOSING)
            pqpool_end_session(first);
        race_enter_connect(&race);
    }
    race_run(&race);
    race_settle(&race);
    return race.winner;
}
