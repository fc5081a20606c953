// A pool for a test, and what happened in it as one line of text.
#include "pool_fixture.h"

#include "pqpool_handle.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void record(void *context, const struct pqpool_change *change)
{
    struct pool_history *history = context;
    size_t used = strlen(history->text);
    snprintf(history->text + used, sizeof history->text - used, "%s%u %s", used ? ", " : "", change->place,
        pqpool_reason_name(change->reason));
}

struct pqpool *pool_open(
    const struct postgres *server, struct pqpool_options options, struct pool_history *history)
{
    struct pqpool_error error;
    if (!options.conninfo)
        options.conninfo = server->conninfo;
    if (history) {
        history->text[0] = '\0';
        options.hook = record;
        options.hook_context = history;
    }
    struct pqpool *pool = pqpool_new(&options, &error);
    if (!pool)
        fail_msg("%s", error.text);
    return pool;
}

void pool_assert_history(struct pool_history *history, const char *expected)
{
    assert_string_equal(history->text, expected);
    history->text[0] = '\0';
}

struct pqpool_connection *pool_checkout(struct pqpool *pool)
{
    struct pqpool_error error;
    struct pqpool_connection *connection = pqpool_checkout(pool, &error);
    if (!connection)
        fail_msg("%s", error.text);
    return connection;
}

struct pqpool_place *pool_place(const struct pqpool_connection *connection)
{
    struct pqpool_place *place = pqpool_held_place(connection);
    assert_non_null(place);
    return place;
}

struct pqpool_connection *pool_handle(const struct pqpool_place *place)
{
    return (
        struct pqpool_connection *)place->handle; // NOLINT(performance-no-int-to-ptr): see pqpool_handle.h
}

struct pqpool_place *pool_checkout_place(struct pqpool *pool)
{
    return pool_place(pool_checkout(pool));
}

void pool_checkin_place(struct pqpool_place *place)
{
    pqpool_checkin(pool_handle(place));
}

void *pool_call(void *argument)
{
    struct pool_caller *caller = argument;
    struct pqpool_error error = {0};
    struct pqpool_connection *connection = pqpool_checkout(caller->pool, &error);
    caller->failure = connection ? PQPOOL_FAILURE_NONE : error.failure;
    pqpool_checkin(connection);
    return NULL;
}

struct pqpool *pool_open_patient(const struct postgres *server, unsigned size, enum pqpool_order order)
{
    return pool_open(
        server, (struct pqpool_options){.size = size, .order = order, .checkout_timeout_ms = 20000}, NULL);
}

void pool_arrive(struct pool_arrival *arrival, struct pqpool *pool)
{
    arrival->caller = (struct pool_caller){.pool = pool, .failure = PQPOOL_FAILURE_USAGE};
    assert_int_equal(pthread_create(&arrival->thread, NULL, pool_call, &arrival->caller), 0);
}

void pool_enqueue(struct pool_arrival *arrival, struct pqpool *pool)
{
    pool_arrive(arrival, pool);
    pool_wait_for_waiting(pool, 1);
}

void pool_must_have_been_served(struct pool_arrival *arrival)
{
    assert_int_equal(pthread_join(arrival->thread, NULL), 0);
    assert_int_equal(arrival->caller.failure, PQPOOL_FAILURE_NONE);
    pqpool_free(arrival->caller.pool);
}

static void *check_in(void *connection)
{
    pqpool_checkin(connection);
    return NULL;
}

void pool_check_in_elsewhere(struct pqpool_connection *connection)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, check_in, connection), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

void pool_warm_up(struct pqpool *pool, unsigned count)
{
    struct pqpool_connection *connections[16];
    assert_true(count <= 16);
    for (unsigned i = 0; i < count; i++)
        connections[i] = pool_checkout(pool);
    for (unsigned i = 0; i < count; i++)
        pqpool_checkin(connections[i]);
}

bool pool_is_alive(PGconn *pgconn)
{
    PGresult *result = PQexec(pgconn, "SELECT 42");
    bool alive = PQresultStatus(result) == PGRES_TUPLES_OK && strcmp(PQgetvalue(result, 0, 0), "42") == 0;
    PQclear(result);
    return alive;
}

int pool_backend(const struct pqpool_connection *connection)
{
    return PQbackendPID(pqpool_pgconn(connection));
}

void pool_wait_for_places(struct pqpool *pool, enum pqpool_state state, unsigned count)
{
    struct pqpool_statistics now;
    while (pqpool_get_statistics(pool, &now), now.places[state] != count)
        sched_yield();
}

void pool_wait_for_waiting(struct pqpool *pool, unsigned count)
{
    struct pqpool_statistics now;
    while (pqpool_get_statistics(pool, &now), now.waiting != count)
        sched_yield();
}

int pool_listen(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 16), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return listener;
}

int64_t pool_now_ms(void)
{
    return pqpool_now_us() / 1000;
}

int pool_count_descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder)) // NOLINT(clang-analyzer-core.NonNullParamChecker): the assertion ends the test
        count++;
    closedir(folder);
    return count;
}
