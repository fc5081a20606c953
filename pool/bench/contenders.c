// The pools of this process that are measured: pqpool in three settings, and the one with a mutex.
#include "bench.h"
#include "mutex_pool.h"
#include "pqpool.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST_CONNECTIONS 64

static void *checkout(void *pool)
{
    struct pqpool_error error;
    struct pqpool_connection *connection = pqpool_checkout(pool, &error);
    if (!connection) {
        fprintf(stderr, "pqpool_bench: %s\n", error.text);
        abort(); // a thread that cannot go on has no place in a measurement
    }
    return connection;
}

static void checkin(void *pool, void *connection)
{
    (void)pool;
    pqpool_checkin(connection);
}

// A handle is another one at every checkout.
static void *session(const void *connection)
{
    return pqpool_pgconn(connection);
}

// Opens all its sessions, or looks after those that nobody has used for long.
static void use_all(struct pqpool *pool, unsigned size)
{
    void *connections[MOST_CONNECTIONS];
    for (unsigned i = 0; i < size; i++)
        connections[i] = checkout(pool);
    for (unsigned i = 0; i < size; i++)
        pqpool_checkin(connections[i]);
}

static bool open_pqpool(struct contender *contender, struct pqpool_options options)
{
    struct pqpool_error error;
    options.conninfo = contender->conninfo;
    contender->pool = options.size <= MOST_CONNECTIONS ? pqpool_new(&options, &error) : NULL;
    if (!contender->pool)
        return false;
    snprintf(contender->version, sizeof contender->version, "pqpool %s, libpq %d.%d", PQPOOL_VERSION,
        PQlibVersion() / 10000, PQlibVersion() % 10000);
    return true;
}

static bool open_lifo(struct contender *contender, unsigned size)
{
    return open_pqpool(contender, (struct pqpool_options){.size = size});
}

static bool open_fifo(struct contender *contender, unsigned size)
{
    return open_pqpool(contender, (struct pqpool_options){.size = size, .order = PQPOOL_FIFO});
}

// As HikariCP does it: no ping on a connection used within half a second.
static bool open_idle_ping(struct contender *contender, unsigned size)
{
    return open_pqpool(
        contender, (struct pqpool_options){.size = size, .pre_ping = true, .ping_idle_ms = 500});
}

// Its own counts must say the same: of cycles, and of the waits that were watched.
static bool counts_agree(const char *name, const struct pqpool_statistics *before,
    const struct pqpool_statistics *after, const struct bench_task *task, const struct bench_result *result)
{
    uint64_t checkouts = after->changes[PQPOOL_CHECKOUT] - before->changes[PQPOOL_CHECKOUT];
    uint64_t waits = task->time_waits ? after->waits - before->waits : 0;
    if (checkouts == result->cycles && waits == result->queued)
        return true;
    fprintf(stderr,
        "pqpool_bench: %s counted %ju checkouts in %ju cycles, and %ju waits where %ju were seen\n", name,
        (uintmax_t)checkouts, (uintmax_t)result->cycles, (uintmax_t)waits, (uintmax_t)result->queued);
    return false;
}

static bool measure_pqpool(
    struct contender *contender, const struct bench_task *task, struct bench_result *result)
{
    use_all(contender->pool, task->size);
    struct pqpool_statistics before, after;
    pqpool_get_statistics(contender->pool, &before);
    if (!bench_run_threads(contender->pool, checkout, checkin, session, task, result))
        return false;
    pqpool_get_statistics(contender->pool, &after);
    return counts_agree(contender->name, &before, &after, task, result);
}

static void close_pqpool(struct contender *contender)
{
    pqpool_free(contender->pool);
    contender->pool = NULL;
}

struct contender pqpool_lifo = {
    .name = "pqpool", .in_turn = true, .open = open_lifo, .measure = measure_pqpool, .close = close_pqpool};
struct contender pqpool_fifo = {.name = "pqpool-fifo",
    .in_turn = true,
    .open = open_fifo,
    .measure = measure_pqpool,
    .close = close_pqpool};
struct contender pqpool_idle_ping = {.name = "pqpool-idle-ping",
    .in_turn = true,
    .open = open_idle_ping,
    .measure = measure_pqpool,
    .close = close_pqpool};

static bool open_mutex(struct contender *contender, unsigned size)
{
    static char stand_ins[MOST_CONNECTIONS]; // it never looks at them
    void *connections[MOST_CONNECTIONS];
    for (unsigned i = 0; i < MOST_CONNECTIONS; i++)
        connections[i] = &stand_ins[i];
    contender->pool = size <= MOST_CONNECTIONS ? mutex_pool_new(connections, size) : NULL;
    return contender->pool != NULL;
}

static void *checkout_mutex(void *pool)
{
    return mutex_pool_checkout(pool);
}

static void checkin_mutex(void *pool, void *connection)
{
    mutex_pool_checkin(pool, connection);
}

static bool measure_mutex(
    struct contender *contender, const struct bench_task *task, struct bench_result *result)
{
    return bench_run_threads(contender->pool, checkout_mutex, checkin_mutex, NULL, task, result);
}

static void close_mutex(struct contender *contender)
{
    mutex_pool_free(contender->pool);
    contender->pool = NULL;
}

struct contender mutex_list = {.name = "mutex-list",
    .version = "mutex, condition and stack",
    .open = open_mutex,
    .measure = measure_mutex,
    .close = close_mutex};

// Each thread has its own: what is left is this program's loop and what the machine does to threads.
static bool open_nothing(struct contender *contender, unsigned size)
{
    (void)contender;
    (void)size;
    return true;
}

static void *own_connection(void *pool)
{
    static _Thread_local char own;
    (void)pool;
    return &own;
}

static void leave_it(void *pool, void *connection)
{
    (void)pool;
    (void)connection;
}

static bool measure_nothing(
    struct contender *contender, const struct bench_task *task, struct bench_result *result)
{
    return bench_run_threads(contender->pool, own_connection, leave_it, NULL, task, result);
}

static void close_nothing(struct contender *contender)
{
    (void)contender;
}

struct contender no_pool = {.name = "no-pool",
    .version = "a connection for each thread",
    .shares_nothing = true,
    .open = open_nothing,
    .measure = measure_nothing,
    .close = close_nothing};
