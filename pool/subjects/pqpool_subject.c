// The adapter of pqpool: speaks the subject protocol (README.md) on stdin and stdout.
#include "pqpool.h"
#include "pqpool_base.h"

#include <jansson.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST   1000 // connections, workers
#define INSERT "INSERT INTO blog_posts (key) VALUES ($1)"
#define ONCE   " ON CONFLICT (key) DO NOTHING" // the idempotency key is the row's own

static const struct strategy {
    const char *name;
    struct pqpool_options options;
} strategies[] = {
    {"none", {.pre_ping = false}},
    {"optimistic", {.optimistic = true}},
    {"pre-ping", {.pre_ping = true}},
    {"pre-ping-deadline",
        {.pre_ping = true, .ping_timeout_ms = 1000, .checkout_timeout_ms = 2500, .reset_timeout_ms = 1000}},
    {"idle-ping",
        {.pre_ping = true, .ping_idle_ms = 500, .ping_timeout_ms = 1000, .checkout_timeout_ms = 2500}},
    {"keepalive", {.keepalive_idle_s = 30, .keepalive_interval_s = 10, .keepalive_count = 3}},
    {"user-timeout", {.tcp_user_timeout_ms = 10000}},
    {"keepalive-user-timeout", {.keepalive_idle_s = 30,
                                   .keepalive_interval_s = 10,
                                   .keepalive_count = 3,
                                   .tcp_user_timeout_ms = 10000}},
    {"recycle", {.max_age_ms = 300000}},
    {"hedged", {.hedge = true,
                   .ping_idle_ms = 1000,
                   .ping_timeout_ms = 60000,
                   .checkout_timeout_ms = 2500,
                   .reset_timeout_ms = 1000}},
    {"background-ping", {.background_ping_ms = 30000, .ping_timeout_ms = 1000, .checkout_timeout_ms = 2500}},
    {"tuned", {.pre_ping = true,
                  .ping_idle_ms = 500,
                  .ping_timeout_ms = 1000,
                  .checkout_timeout_ms = 2500,
                  .reset_timeout_ms = 1000,
                  .keepalive_idle_s = 30,
                  .keepalive_interval_s = 10,
                  .keepalive_count = 3,
                  .tcp_user_timeout_ms = 5000}},
    {"reset", {.reset_query = "DISCARD ALL", .reset_timeout_ms = 1000}},
};

// Writes one whole line, whichever worker calls. Takes over `message`.
static void print_message(json_t *message)
{
    char *line = json_dumps(message, JSON_COMPACT);
    puts(line ? line : "{\"error\":\"no memory for the answer\"}");
    free(line);
    json_decref(message);
}

static json_t *answer_failure(json_t *id, const char *kind, const char *text, const char *sqlstate)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '\n')
        length--;
    return json_pack("{s:O, s:s%, s:s, s:s?}", "id", id, "error", text, length, "kind", kind, "sqlstate",
        sqlstate && *sqlstate ? sqlstate : NULL);
}

// What an operation does between BEGIN and COMMIT.
static const struct work {
    const char *name, *statement;
    const char *parameters[2]; // members of the operation
} works[] = {
    {"insert", INSERT, {"key"}}, {"read", "SELECT count(*) FROM blog_posts", {NULL}},
    {"wait", "SELECT pg_sleep($1)", {"seconds"}}, {"transaction", INSERT, {"key"}},
    {"bulk", "INSERT INTO blog_posts (key, title) VALUES ($1, $2)", {"key", "title"}},
    {"fetch", "SELECT repeat('x', $1)", {"bytes"}},
    {"lock", "LOCK TABLE blog_posts IN EXCLUSIVE MODE", {NULL}},
    {"notify", "WITH row AS (" INSERT " RETURNING key) SELECT pg_notify('hangup', key) FROM row", {"key"}},
    {"connect", "SELECT now()", {NULL}}, // on a connection of its own
    {"listen", "LISTEN hangup", {NULL}}, // the same
};
static const char *const words_spoken[] = {
    "connect", "listen", "lock", "notify", "once", "sslmode", "then", "within"};

struct operation {
    json_t *id; // borrowed
    const struct work *work;
    char *parameters[2]; // owned
    int parameters_count;
    int pause_ms;       // before the COMMIT
    bool once;          // with an idempotency key
    const json_t *then; // borrowed: keys of the inserts after the pause; NULL: none
    int64_t until_ms;   // its deadline, on now_ms; 0: none
    double seconds;     // of `listen`
};

static int64_t now_ms(void)
{
    return pqpool_now_us() / 1000;
}

// As text, the way psql sends it. NULL: the operation lacks it.
static char *read_parameter(const json_t *request, const char *member)
{
    bool title = strcmp(member, "title") == 0; // is made here: a line of the protocol stays short
    const json_t *value = json_object_get(request, title ? "bytes" : member);
    if (json_is_string(value))
        return strdup(json_string_value(value));
    if (!title || !json_is_integer(value))
        return value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    size_t length = (size_t)json_integer_value(value);
    char *text = malloc(length + 1);
    if (text) {
        memset(text, 'x', length);
        text[length] = '\0';
    }
    return text;
}

// False: it is none that is known here. To be cleared either way.
static bool operation_read(struct operation *operation, const json_t *request)
{
    const char *name = json_string_value(json_object_get(request, "do"));
    json_int_t within_ms = json_integer_value(json_object_get(request, "within_ms"));
    *operation = (struct operation){.id = json_object_get(request, "id"),
        .pause_ms = (int)json_integer_value(json_object_get(request, "pause_ms")),
        .once = json_is_true(json_object_get(request, "once")),
        .then = json_object_get(request, "then"),
        .until_ms = within_ms > 0 ? now_ms() + within_ms : 0,
        .seconds = json_number_value(json_object_get(request, "seconds"))};
    for (size_t i = 0; name && i < sizeof works / sizeof *works; i++)
        if (strcmp(works[i].name, name) == 0)
            operation->work = &works[i];
    if (!operation->id || !operation->work)
        return false;
    int *count = &operation->parameters_count;
    for (; *count < 2 && operation->work->parameters[*count]; ++*count) {
        char *parameter = read_parameter(request, operation->work->parameters[*count]);
        operation->parameters[*count] = parameter;
        if (!parameter)
            return false;
    }
    return true;
}

static void operation_clear(struct operation *operation)
{
    free(operation->parameters[0]);
    free(operation->parameters[1]);
}

// Waits for what the server says until then. False: the time is over before the answer is there.
static bool await_answer(PGconn *pgconn, int64_t until_ms)
{
    while (PQisBusy(pgconn)) {
        int64_t left_ms = until_ms - now_ms();
        struct pollfd readable = {.fd = PQsocket(pgconn), .events = POLLIN};
        if (left_ms <= 0)
            return false;
        poll(&readable, 1, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
        if (!PQconsumeInput(pgconn))
            return true; // PQgetResult says why
    }
    return true;
}

static void cancel_query(PGconn *pgconn)
{
    char why[256] = "";
    PGcancel *cancel = PQgetCancel(pgconn);
    if (!cancel || !PQcancel(cancel, why, sizeof why))
        fprintf(stderr, "cancel: %s\n", why);
    PQfreeCancel(cancel);
}

// As PQexecParams, with libpq's cancel at the deadline, and then its wait for the answer.
static PGresult *execute(
    PGconn *pgconn, const char *statement, int count, const char *const *parameters, int64_t until_ms)
{
    if (until_ms == 0)
        return PQexecParams(pgconn, statement, count, NULL, parameters, NULL, NULL, 0);
    if (!PQsendQueryParams(pgconn, statement, count, NULL, parameters, NULL, NULL, 0))
        return NULL;
    if (!await_answer(pgconn, until_ms))
        cancel_query(pgconn);
    PGresult *result = PQgetResult(pgconn), *more;
    while ((more = PQgetResult(pgconn)))
        PQclear(more);
    return result;
}

// NULL: done. Otherwise the answer that says what went wrong.
static json_t *operation_execute(PGconn *pgconn, const struct operation *operation, const char *kind,
    const char *statement, int count, const char *const *parameters)
{
    json_t *answer = NULL;
    PGresult *result = execute(pgconn, statement, count, parameters, operation->until_ms);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        answer = answer_failure(
            operation->id, kind, PQerrorMessage(pgconn), PQresultErrorField(result, PG_DIAG_SQLSTATE));
    PQclear(result);
    return answer;
}

static json_t *operation_work(PGconn *pgconn, const struct operation *operation)
{
    const struct work *work = operation->work;
    char statement[256];
    snprintf(statement, sizeof statement, "%s%s", work->statement, operation->once ? ONCE : "");
    return operation_execute(pgconn, operation, work->name, statement, operation->parameters_count,
        (const char *const *)operation->parameters);
}

// One transaction. NULL: committed.
static json_t *operation_transact(PGconn *pgconn, const struct operation *operation)
{
    json_t *answer = operation_execute(pgconn, operation, "begin", "BEGIN", 0, NULL);
    if (!answer)
        answer = operation_work(pgconn, operation);
    if (!answer && operation->pause_ms > 0)
        poll(NULL, 0, operation->pause_ms);
    for (size_t i = 0; !answer && i < json_array_size(operation->then); i++) {
        const char *key = json_string_value(json_array_get(operation->then, i));
        answer = operation_execute(
            pgconn, operation, operation->work->name, operation->once ? INSERT ONCE : INSERT, 1, &key);
    }
    return answer ? answer : operation_execute(pgconn, operation, "commit", "COMMIT", 0, NULL);
}

// What comes within the operation's seconds. NULL: the connection broke; libpq has noticed.
static json_t *hear(PGconn *pgconn, const struct operation *operation)
{
    int64_t until_ms = now_ms() + (int64_t)(operation->seconds * 1000), left_ms;
    json_t *heard = json_array();
    while ((left_ms = until_ms - now_ms()) > 0) {
        struct pollfd readable = {.fd = PQsocket(pgconn), .events = POLLIN};
        if (poll(&readable, 1, left_ms < INT_MAX ? (int)left_ms : INT_MAX) > 0 && !PQconsumeInput(pgconn)) {
            json_decref(heard);
            return NULL;
        }
        for (PGnotify *notify; (notify = PQnotifies(pgconn)); PQfreemem(notify))
            json_array_append_new(heard, json_string(notify->extra));
    }
    return heard;
}

// `connect` and `listen`: no pool knows this connection.
static json_t *operation_perform_alone(const char *conninfo, const struct operation *operation)
{
    PGconn *pgconn = PQconnectdb(conninfo);
    json_t *heard = NULL, *answer = NULL;
    bool listens = strcmp(operation->work->name, "listen") == 0;
    if (PQstatus(pgconn) == CONNECTION_OK)
        answer = operation_work(pgconn, operation);
    else
        answer = answer_failure(operation->id, "connect", PQerrorMessage(pgconn), NULL);
    if (!answer && listens && !(heard = hear(pgconn, operation)))
        answer = answer_failure(operation->id, "listen", PQerrorMessage(pgconn), NULL);
    if (!answer)
        answer = json_pack("{s:O, s:b, s:i, s:o*}", "id", operation->id, "ok", 1, "backend",
            PQbackendPID(pgconn), "heard", heard);
    PQfinish(pgconn);
    return answer;
}

static json_t *operation_perform(struct pqpool *pool, const struct operation *operation)
{
    struct pqpool_error error = {0};
    struct pqpool_connection *connection = pqpool_checkout(pool, &error);
    if (!connection)
        return answer_failure(operation->id, "checkout", error.text, error.sqlstate);
    int backend = PQbackendPID(pqpool_pgconn(connection));
    json_t *answer = operation_transact(pqpool_pgconn(connection), operation);
    pqpool_checkin(connection);
    return answer ? answer : json_pack("{s:O, s:b, s:i}", "id", operation->id, "ok", 1, "backend", backend);
}

struct service {
    struct pqpool *pool;
    const char *conninfo;
};

static json_t *perform(const struct service *service, const struct operation *operation)
{
    const char *name = operation->work->name;
    if (strcmp(name, "connect") == 0 || strcmp(name, "listen") == 0)
        return operation_perform_alone(service->conninfo, operation);
    return operation_perform(service->pool, operation);
}

// One worker: one operation after the other until the input ends. stdio gives each line to one worker.
static void *serve_operations(void *service)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        json_t *request = json_loads(line, 0, NULL);
        struct operation operation;
        if (operation_read(&operation, request))
            print_message(perform(service, &operation));
        else
            print_message(answer_failure(
                operation.id ? operation.id : json_null(), "protocol", "unknown operation", NULL));
        operation_clear(&operation);
        json_decref(request);
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
        options.order = PQPOOL_FIFO; // as SQLAlchemy's: all connections are used in turn
        options.hook = log_change;
        pool = pqpool_new(&options, error);
    }
    if (!pool || open_all(pool, (unsigned)size, error))
        return pool;
    pqpool_free(pool);
    return NULL;
}

static json_t *list_words(void)
{
    json_t *words = json_array();
    for (size_t i = 0; i < sizeof words_spoken / sizeof *words_spoken; i++)
        json_array_append_new(words, json_string(words_spoken[i]));
    return words;
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
    struct service service = {.pool = open_pool(line, &workers, &error),
        .conninfo = json_string_value(json_object_get(json_object_get(line, "open"), "conninfo"))};
    if (!service.pool) {
        json_decref(line);
        print_message(json_pack("{s:s}", "error", error.text));
        return EXIT_FAILURE;
    }
    snprintf(driver, sizeof driver, "libpq %d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000);
    print_message(json_pack("{s:b, s:s, s:s, s:s, s:o}", "ready", 1, "name", "pqpool", "version",
        PQPOOL_VERSION, "driver", driver, "speaks", list_words()));
    pthread_t threads[MOST];
    while (started < workers && pthread_create(&threads[started], NULL, serve_operations, &service) == 0)
        started++;
    serve_operations(&service);
    while (started > 1)
        pthread_join(threads[--started], NULL);
    pqpool_free(service.pool);
    json_decref(line);
    return EXIT_SUCCESS;
}
