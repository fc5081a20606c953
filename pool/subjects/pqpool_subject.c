// The adapter of pqpool: speaks the subject protocol (README.md) on stdin and stdout.
#include "pqpool.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 1000 // connections, workers

static const struct strategy {
    const char *name;
    struct pqpool_options options;
} strategies[] = {
    {"none", {.pre_ping = false}},
    {"pre-ping", {.pre_ping = true}},
    {"pre-ping-deadline",
        {.pre_ping = true, .ping_timeout_ms = 1000, .checkout_timeout_ms = 2500, .reset_timeout_ms = 1000}},
};

// Writes one whole line, whichever worker calls. Takes over `message`.
static void say(json_t *message)
{
    char *line = json_dumps(message, JSON_COMPACT);
    puts(line ? line : "{\"error\":\"no memory for the answer\"}");
    free(line);
    json_decref(message);
}

static json_t *failure(json_t *id, const char *kind, const char *text, const char *sqlstate)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '\n')
        length--;
    return json_pack("{s:O, s:s%, s:s, s:s?}", "id", id, "error", text, length, "kind", kind, "sqlstate",
        sqlstate && *sqlstate ? sqlstate : NULL);
}

// One transaction. NULL: committed. Otherwise the answer that says what went wrong.
static json_t *transact(PGconn *pgconn, json_t *id, const char *key)
{
    static const struct {
        const char *kind, *statement;
        int parameters;
    } steps[] = {
        {"begin", "BEGIN", 0},
        {"insert", "INSERT INTO blog_posts (key) VALUES ($1)", 1},
        {"commit", "COMMIT", 0},
    };
    json_t *answer = NULL;
    for (size_t i = 0; !answer && i < sizeof steps / sizeof *steps; i++) {
        PGresult *result = PQexecParams(
            pgconn, steps[i].statement, steps[i].parameters, NULL, &key, NULL, NULL, 0);
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            answer = failure(
                id, steps[i].kind, PQerrorMessage(pgconn), PQresultErrorField(result, PG_DIAG_SQLSTATE));
        PQclear(result);
    }
    return answer;
}

static json_t *insert(struct pqpool *pool, json_t *id, const char *key)
{
    struct pqpool_error error = {0};
    struct pqpool_connection *connection = pqpool_checkout(pool, &error);
    if (!connection)
        return failure(id, "checkout", error.text, error.sqlstate);
    int backend = PQbackendPID(pqpool_pgconn(connection));
    json_t *answer = transact(pqpool_pgconn(connection), id, key);
    pqpool_checkin(connection);
    return answer ? answer : json_pack("{s:O, s:b, s:i}", "id", id, "ok", 1, "backend", backend);
}

// One worker: one operation after the other until the input ends. stdio gives each line to one worker.
static void *work(void *pool)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        json_t *operation = json_loads(line, 0, NULL), *id = json_object_get(operation, "id");
        const char *what = json_string_value(json_object_get(operation, "do"));
        const char *key = json_string_value(json_object_get(operation, "key"));
        if (id && what && key && strcmp(what, "insert") == 0)
            say(insert(pool, id, key));
        else
            say(failure(id ? id : json_null(), "protocol", "unknown operation", NULL));
        json_decref(operation);
    }
    free(line);
    return NULL;
}

static void log_change(void *context, const struct pqpool_change *change)
{
    (void)context;
    fprintf(stderr, "place %u session %ju: %s -> %s (%s)\n", change->place, (uintmax_t)change->serial,
        pqpool_state_name(change->from), pqpool_state_name(change->to), pqpool_reason_name(change->reason));
}

// Takes all connections at once and gives them back: now each place has one.
static bool open_all(struct pqpool *pool, unsigned size, struct pqpool_error *error)
{
    struct pqpool_connection *connections[MOST];
    unsigned opened = 0;
    while (opened < size && (connections[opened] = pqpool_checkout(pool, error)))
        opened++;
    for (unsigned i = 0; i < opened; i++)
        pqpool_checkin(connections[i]);
    return opened == size;
}

static struct pqpool *open_pool(json_t *line, int *workers, struct pqpool_error *error)
{
    const char *conninfo = "", *name = "";
    int size = 0;
    json_unpack(line, "{s:{s:s, s:i, s:s, s:i}}", "open", "conninfo", &conninfo, "size", &size, "strategy",
        &name, "workers", workers);
    struct pqpool *pool = NULL;
    snprintf(error->text, sizeof error->text, "the first line opens no pool that is known here");
    for (size_t i = 0; i < sizeof strategies / sizeof *strategies; i++) {
        if (strcmp(strategies[i].name, name) != 0 || size < 1 || size > MOST || *workers < 1 ||
            *workers > MOST)
            continue;
        struct pqpool_options options = strategies[i].options;
        options.conninfo = conninfo;
        options.size = (unsigned)size;
        options.hook = log_change;
        pool = pqpool_new(&options, error);
    }
    if (!pool || open_all(pool, (unsigned)size, error))
        return pool;
    pqpool_free(pool);
    return NULL;
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    char *text = NULL, driver[32];
    size_t size = 0;
    json_t *line = getline(&text, &size, stdin) > 0 ? json_loads(text, 0, NULL) : NULL;
    free(text);
    struct pqpool_error error = {0};
    int workers = 0, started = 1; // this thread is the first worker
    struct pqpool *pool = open_pool(line, &workers, &error);
    json_decref(line);
    if (!pool) {
        say(json_pack("{s:s}", "error", error.text));
        return EXIT_FAILURE;
    }
    snprintf(driver, sizeof driver, "libpq %d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000);
    say(json_pack(
        "{s:b, s:s, s:s, s:s}", "ready", 1, "name", "pqpool", "version", PQPOOL_VERSION, "driver", driver));
    pthread_t threads[MOST];
    while (started < workers && pthread_create(&threads[started], NULL, work, pool) == 0)
        started++;
    work(pool);
    while (started > 1)
        pthread_join(threads[--started], NULL);
    pqpool_free(pool);
    return EXIT_SUCCESS;
}
