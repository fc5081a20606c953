// Checkout and checkin: which steps a place goes through between the pool and its caller.
#include "pqpool_private.h"

#include <stdlib.h>
#include <string.h>

static bool options_are_valid(const struct pqpool_options *options, struct pqpool_error *error)
{
    if (!options->conninfo || options->size == 0)
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "a pool needs a conninfo and a size of at least 1");
    if (options->ping_timeout_ms < 0 || options->connect_timeout_ms < 0 || options->checkout_timeout_ms < 0 ||
        options->reset_timeout_ms < 0)
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "a timeout is negative");
    char *reason = NULL;
    PQconninfoOption *parsed = PQconninfoParse(options->conninfo, &reason);
    if (!parsed)
        pqpool_fail(error, PQPOOL_FAILURE_USAGE, "conninfo: %s", reason ? reason : "out of memory");
    PQfreemem(reason);
    PQconninfoFree(parsed);
    return parsed != NULL;
}

static void put_places_on_list(struct pqpool *pool)
{
    for (int state = 0; state < PQPOOL_STATES; state++)
        TAILQ_INIT(&pool->lists[state]);
    for (unsigned place = 0; place < pool->options.size; place++) {
        struct pqpool_connection *connection = &pool->connections[place];
        connection->pool = pool;
        connection->place = place;
        TAILQ_INSERT_TAIL(&pool->lists[PQPOOL_CLOSED], connection, link);
    }
    pool->statistics.places[PQPOOL_CLOSED] = pool->options.size;
}

struct pqpool *pqpool_new(const struct pqpool_options *options, struct pqpool_error *error)
{
    if (!options_are_valid(options, error))
        return NULL;
    struct pqpool *pool = calloc(1, sizeof *pool);
    char *conninfo = strdup(options->conninfo);
    struct pqpool_connection *connections = calloc(options->size, sizeof *connections);
    if (!pool || !conninfo || !connections) {
        free(connections);
        free(conninfo);
        free(pool);
        pqpool_fail(error, PQPOOL_FAILURE_MEMORY, "out of memory");
        return NULL;
    }
    pool->options = *options;
    pool->options.conninfo = pool->conninfo = conninfo;
    pool->connections = connections;
    pthread_condattr_init(&pool->monotonic);
    pthread_condattr_setclock(&pool->monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&pool->lock, NULL);
    TAILQ_INIT(&pool->waiters);
    put_places_on_list(pool);
    return pool;
}

// Ends the session for good: the place is free for whoever needs a new one.
static void retire(struct pqpool_connection *connection, enum pqpool_reason reason)
{
    pqpool_close(connection, reason);
    pqpool_lock_and_move(connection, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
}

void pqpool_free(struct pqpool *pool)
{
    if (!pool)
        return;
    while (!TAILQ_EMPTY(&pool->lists[PQPOOL_IDLE]))
        retire(TAILQ_FIRST(&pool->lists[PQPOOL_IDLE]), PQPOOL_POOL_FREED);
    pthread_mutex_destroy(&pool->lock);
    pthread_condattr_destroy(&pool->monotonic);
    free(pool->connections);
    free(pool->conninfo);
    free(pool);
}

// The first step of a checkout, which takes the place off its free list. The lock is held.
static void begin_checkout(struct pqpool_connection *connection)
{
    const struct pqpool *pool = connection->pool;
    if (connection->state == PQPOOL_CLOSED)
        pqpool_move(connection, PQPOOL_CONNECTING, PQPOOL_CHECKOUT);
    else if (connection->serial <= pool->outdated)
        pqpool_move(connection, PQPOOL_CLOSING, PQPOOL_OUTDATED);
    else
        pqpool_move(
            connection, pool->options.pre_ping ? PQPOOL_PINGING : PQPOOL_CHECKED_OUT, PQPOOL_CHECKOUT);
}

// The first failed ping of a generation makes all sessions outdated that were begun before now. Those begun
// since the last such moment are a new generation: a late loser of the old one says nothing about them.
static void outdate_older(struct pqpool_connection *connection)
{
    struct pqpool *pool = connection->pool;
    pthread_mutex_lock(&pool->lock);
    if (connection->serial > pool->outdated)
        pool->outdated = pool->last_serial;
    pthread_mutex_unlock(&pool->lock);
}

// PQPOOL_ANSWER_OK: the connection is the caller's. PQPOOL_ANSWER_DEAD: closed, a new one is wanted.
// Otherwise closed, and the checkout has failed.
static enum pqpool_answer ping(
    struct pqpool_connection *connection, int64_t deadline_us, struct pqpool_error *error)
{
    int64_t ping_deadline_us = pqpool_deadline_after_ms(connection->pool->options.ping_timeout_ms);
    bool cut_short = deadline_us <= ping_deadline_us;
    enum pqpool_answer answer = pqpool_ask(
        connection->pgconn, "SELECT 1", cut_short ? deadline_us : ping_deadline_us, error);
    switch (answer) {
    case PQPOOL_ANSWER_OK:
        pqpool_lock_and_move(connection, PQPOOL_CHECKED_OUT, PQPOOL_PING_ANSWERED);
        return answer;
    case PQPOOL_ANSWER_ERROR: pqpool_close(connection, PQPOOL_PING_REFUSED); return answer;
    case PQPOOL_ANSWER_EXPIRED:
        if (cut_short) {
            pqpool_close(connection, PQPOOL_PING_CUT_SHORT);
            return answer;
        }
        break;
    case PQPOOL_ANSWER_DEAD: break;
    }
    outdate_older(connection);
    pqpool_close(connection, answer == PQPOOL_ANSWER_DEAD ? PQPOOL_PING_FAILED : PQPOOL_PING_EXPIRED);
    return PQPOOL_ANSWER_DEAD;
}

// Opens a session in a place that has none: at most `tries` times, and not again after the deadline.
static bool connect_place(
    struct pqpool_connection *connection, int tries, int64_t deadline_us, struct pqpool_error *error)
{
    const struct pqpool_options *options = &connection->pool->options;
    do {
        if (connection->state == PQPOOL_CLOSING)
            pqpool_lock_and_move(connection, PQPOOL_CONNECTING, PQPOOL_CHECKOUT);
        int64_t connect_deadline_us = pqpool_deadline_after_ms(options->connect_timeout_ms);
        if (connect_deadline_us > deadline_us)
            connect_deadline_us = deadline_us;
        enum pqpool_answer answer = pqpool_connect(
            options->conninfo, connect_deadline_us, &connection->pgconn, error);
        if (answer == PQPOOL_ANSWER_OK) {
            pqpool_lock_and_move(connection, PQPOOL_CHECKED_OUT, PQPOOL_CONNECTED);
            return true;
        }
        pqpool_close(
            connection, answer == PQPOOL_ANSWER_DEAD ? PQPOOL_CONNECT_FAILED : PQPOOL_CONNECT_EXPIRED);
    } while (--tries > 0 && pqpool_now_us() < deadline_us);
    return false;
}

static bool make_ready(struct pqpool_connection *connection, int64_t deadline_us, struct pqpool_error *error)
{
    int tries = connection->pool->options.pre_ping ? PQPOOL_TRIES : 1;
    if (connection->state == PQPOOL_CHECKED_OUT)
        return true;
    if (connection->state == PQPOOL_CLOSING)
        pqpool_end_session(connection);
    if (connection->state == PQPOOL_PINGING) {
        enum pqpool_answer answer = ping(connection, deadline_us, error);
        if (answer != PQPOOL_ANSWER_DEAD)
            return answer == PQPOOL_ANSWER_OK;
        tries--;
    }
    return connect_place(connection, tries, deadline_us, error);
}

struct pqpool_connection *pqpool_checkout(struct pqpool *pool, struct pqpool_error *error)
{
    int64_t deadline_us = pqpool_deadline_after_ms(pool->options.checkout_timeout_ms);
    pthread_mutex_lock(&pool->lock);
    struct pqpool_connection *connection = pqpool_wait_for_free(pool, deadline_us);
    if (connection)
        begin_checkout(connection);
    pthread_mutex_unlock(&pool->lock);
    if (!connection) {
        pqpool_fail(error, PQPOOL_FAILURE_EXHAUSTED, "no connection became free within %d ms",
            pool->options.checkout_timeout_ms);
        return NULL;
    }
    if (make_ready(connection, deadline_us, error))
        return connection;
    pqpool_lock_and_move(connection, PQPOOL_CLOSED, PQPOOL_CLOSE_DONE);
    return NULL;
}

PGconn *pqpool_pgconn(const struct pqpool_connection *connection)
{
    return connection->pgconn;
}

static void roll_back(struct pqpool_connection *connection)
{
    struct pqpool_error ignored; // nobody waits for it: the reason of the close tells
    pqpool_lock_and_move(connection, PQPOOL_RESETTING, PQPOOL_IN_TRANSACTION);
    int64_t deadline_us = pqpool_deadline_after_ms(connection->pool->options.reset_timeout_ms);
    if (pqpool_ask(connection->pgconn, "ROLLBACK", deadline_us, &ignored) == PQPOOL_ANSWER_OK)
        pqpool_lock_and_move(connection, PQPOOL_IDLE, PQPOOL_ROLLED_BACK);
    else
        retire(connection, PQPOOL_RESET_FAILED);
}

void pqpool_checkin(struct pqpool_connection *connection)
{
    if (!connection)
        return;
    const PGconn *pgconn = connection->pgconn;
    PGTransactionStatusType transaction = PQtransactionStatus(pgconn);
    if (PQstatus(pgconn) == CONNECTION_BAD)
        retire(connection, PQPOOL_BROKEN);
    else if (transaction == PQTRANS_ACTIVE || PQpipelineStatus(pgconn) != PQ_PIPELINE_OFF ||
             PQisnonblocking(pgconn))
        retire(connection, PQPOOL_UNCLEAN);
    else if (transaction == PQTRANS_INTRANS || transaction == PQTRANS_INERROR)
        roll_back(connection);
    else
        pqpool_lock_and_move(connection, PQPOOL_IDLE, PQPOOL_CHECKIN);
}

void pqpool_get_statistics(struct pqpool *pool, struct pqpool_statistics *statistics)
{
    pthread_mutex_lock(&pool->lock);
    *statistics = pool->statistics;
    pthread_mutex_unlock(&pool->lock);
}
