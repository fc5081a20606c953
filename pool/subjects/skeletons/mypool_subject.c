// The adapter of mypool: speaks hangup's subject protocol (pool/subjects/README.md) on stdin and stdout.
#include <jansson.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POOL_NAME    "mypool"
#define POOL_VERSION "0"

// YOUR POOL GOES HERE. What stands here is none: connections in a list, handed out in turn, and a new one for
// each that broke. Operations come one after the other: a pool for threads starts `workers` of them.
struct pool {
    const char *conninfo;
    PGconn **connections; // NULL: one that broke
    int size, next;
};

// Opens all `size` connections. `strategy` is one of those that mypool.yaml names. False: pool_error says
// why.
static bool pool_open(struct pool *pool, const char *conninfo, int size, const char *strategy)
{
    (void)strategy;
    *pool = (struct pool){
        .conninfo = conninfo, .connections = calloc((size_t)size, sizeof(PGconn *)), .size = size};
    bool good = pool->connections != NULL;
    for (int i = 0; good && i < size; i++) {
        pool->connections[i] = PQconnectdb(conninfo);
        good = PQstatus(pool->connections[i]) == CONNECTION_OK;
        pool->next = i;
    }
    pool->next = good ? 0 : pool->next;
    return good;
}

static PGconn *pool_take(struct pool *pool)
{
    if (pool->connections[pool->next] == NULL)
        pool->connections[pool->next] = PQconnectdb(pool->conninfo);
    return pool->connections[pool->next];
}

static void pool_return(struct pool *pool, bool broken)
{
    if (broken) {
        PQfinish(pool->connections[pool->next]);
        pool->connections[pool->next] = NULL;
    }
    pool->next = (pool->next + 1) % pool->size;
}

static void pool_close(struct pool *pool)
{
    for (int i = 0; i < pool->size; i++)
        PQfinish(pool->connections[i]);
    free(pool->connections);
}

// --- The protocol, the same for every pool. ---

static const struct {
    const char *name, *statement, *parameters[2];
} works[] = {
    {"insert", "INSERT INTO blog_posts (key) VALUES ($1)", {"key", NULL}},
    {"read", "SELECT count(*) FROM blog_posts", {NULL, NULL}},
    {"wait", "SELECT pg_sleep($1)", {"seconds", NULL}},
    {"transaction", "INSERT INTO blog_posts (key) VALUES ($1)", {"key", NULL}},
    {"bulk", "INSERT INTO blog_posts (key, title) VALUES ($1, $2)", {"key", "title"}},
    {"fetch", "SELECT repeat('x', $1)", {"bytes", NULL}},
};
#define WORKS (sizeof(works) / sizeof(works[0]))

static void say(json_t *message)
{
    json_dumpf(message, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    json_decref(message);
}

static json_t *failure(json_t *id, const char *kind, const char *text, const char *sqlstate)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '\n')
        length--;
    return json_pack(
        "{s:O*, s:s%, s:s, s:s?}", "id", id, "error", text, length, "kind", kind, "sqlstate", sqlstate);
}

// As text, the way psql sends it. The caller frees it.
static char *parameter_of(const json_t *request, const char *name)
{
    bool title = strcmp(name, "title") == 0;
    const json_t *value = json_object_get(request, title ? "bytes" : name);
    if (!title)
        return json_is_string(value) ? strdup(json_string_value(value)) : json_dumps(value, JSON_ENCODE_ANY);
    size_t length = (size_t)json_integer_value(value);
    char *text = calloc(1, length + 1);
    if (text != NULL)
        memset(text, 'x', length);
    return text;
}

static PGresult *execute(PGconn *connection, const json_t *request, size_t work)
{
    char *values[2] = {NULL, NULL};
    int count = 0;
    for (; count < 2 && works[work].parameters[count] != NULL; count++)
        values[count] = parameter_of(request, works[work].parameters[count]);
    PGresult *result = PQexecParams(
        connection, works[work].statement, count, NULL, (const char *const *)values, NULL, NULL, 0);
    free(values[0]);
    free(values[1]);
    return result;
}

static bool succeeded(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
}

// One transaction; the answer.
static json_t *transact(PGconn *connection, const json_t *request, size_t work)
{
    const char *const steps[] = {"begin", works[work].name, "commit"};
    json_t *id = json_object_get(request, "id"), *failed = NULL;
    long long pause_ms = json_integer_value(json_object_get(request, "pause_ms"));
    const struct timespec pause = {.tv_sec = pause_ms / 1000, .tv_nsec = pause_ms % 1000 * 1000000};
    if (PQstatus(connection) != CONNECTION_OK)
        return failure(id, "checkout", PQerrorMessage(connection), NULL);
    for (int step = 0; failed == NULL && step < 3; step++) {
        if (step == 2 && pause_ms > 0)
            nanosleep(&pause, NULL);
        PGresult *result = step == 1 ? execute(connection, request, work)
                                     : PQexec(connection, step == 0 ? "BEGIN" : "COMMIT");
        if (!succeeded(result))
            failed = failure(
                id, steps[step], PQerrorMessage(connection), PQresultErrorField(result, PG_DIAG_SQLSTATE));
        PQclear(result);
    }
    return failed != NULL
               ? failed
               : json_pack("{s:O, s:b, s:i}", "id", id, "ok", 1, "backend", PQbackendPID(connection));
}

static void answer(struct pool *pool, const char *line)
{
    json_t *request = json_loads(line, 0, NULL);
    const char *name = json_string_value(json_object_get(request, "do"));
    size_t work = 0;
    while (work < WORKS && (name == NULL || strcmp(works[work].name, name) != 0))
        work++;
    if (work == WORKS) {
        say(failure(json_object_get(request, "id"), "operation", "unknown operation", NULL));
    } else {
        json_t *said = transact(pool_take(pool), request, work);
        pool_return(pool, json_object_get(said, "error") != NULL);
        say(said);
    }
    json_decref(request);
}

int main(void)
{
    char *line = NULL, driver[64];
    size_t room = 0;
    struct pool pool;
    const char *conninfo = NULL, *strategy = NULL;
    int size = 0;
    json_t *first = getline(&line, &room, stdin) > 0 ? json_loads(line, 0, NULL) : NULL;
    if (json_unpack(first, "{s:{s:s, s:i, s:s}}", "open", "conninfo", &conninfo, "size", &size, "strategy",
            &strategy) != 0)
        exit(2);
    if (!pool_open(&pool, conninfo, size, strategy)) {
        say(failure(NULL, "connect", PQerrorMessage(pool.connections[pool.next]), NULL));
        exit(1);
    }
    snprintf(driver, sizeof(driver), "libpq %d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000);
    say(json_pack(
        "{s:b, s:s, s:s, s:s}", "ready", 1, "name", POOL_NAME, "version", POOL_VERSION, "driver", driver));
    while (getline(&line, &room, stdin) > 0)
        answer(&pool, line);
    pool_close(&pool);
    json_decref(first);
    free(line);
    return 0;
}
