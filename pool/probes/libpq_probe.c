// libpq without a pool: each operation has a connection of its own, and those that come when each has had its
// turn have the last. Speaks the subject protocol (pool/subjects/README.md).
#include <jansson.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 16 // connections

static const struct work {
    const char *name, *statement;
    const char *parameters[2]; // members of the operation; "bytes" becomes so many times 'x'
} works[] = {
    {"read", "SELECT count(*) FROM blog_posts", {NULL}},
    {"wait", "SELECT pg_sleep($1)", {"seconds"}},
    {"transaction", "INSERT INTO blog_posts (key) VALUES ($1)", {"key"}},
    {"bulk", "INSERT INTO blog_posts (key, title) VALUES ($1, $2)", {"key", "bytes"}},
    {"connect", "SELECT 1", {NULL}},
};

struct connection {
    PGconn *pgconn;
    pthread_mutex_t busy; // held from an operation's begin to its end
};

struct operation {
    json_t *request;
    struct connection *connection; // NULL: a fresh one
    PGconn *pgconn;
    const char *conninfo;
};

// Writes one whole line, whichever thread calls. Takes over `message`.
static void print_json_line(json_t *message)
{
    char *line = json_dumps(message, JSON_COMPACT);
    puts(line ? line : "{\"error\":\"no memory for the answer\"}");
    free(line);
    json_decref(message);
}

static const char *state_of(PGconn *pgconn)
{
    return PQstatus(pgconn) == CONNECTION_OK ? "CONNECTION_OK" : "CONNECTION_BAD";
}

static json_t *failed_answer(const struct operation *operation, const char *kind, const PGresult *result)
{
    const char *text = PQerrorMessage(operation->pgconn),
               *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '\n')
        length--;
    return json_pack("{s:O, s:s%, s:s, s:s?, s:s}", "id", json_object_get(operation->request, "id"), "error",
        text, length, "kind", kind, "sqlstate", sqlstate, "state", state_of(operation->pgconn));
}

// As text, the way psql sends it. The caller frees it.
static char *copy_parameter(const json_t *request, const char *member)
{
    const json_t *value = json_object_get(request, member);
    if (json_is_string(value))
        return strdup(json_string_value(value));
    if (strcmp(member, "bytes") != 0)
        return json_dumps(value, JSON_ENCODE_ANY);
    size_t length = (size_t)json_integer_value(value);
    char *text = calloc(length + 1, 1);
    return text ? memset(text, 'x', length) : NULL;
}

// NULL: done. Otherwise the answer that says what went wrong.
static json_t *execute_statement(const struct operation *operation, const char *kind, const char *statement,
    int parameters, const char *const *values)
{
    PGresult *result = PQexecParams(operation->pgconn, statement, parameters, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    json_t *answer = done ? NULL : failed_answer(operation, kind, result);
    PQclear(result);
    return answer;
}

static json_t *run_transaction(const struct operation *operation, const struct work *work)
{
    char *values[2] = {NULL, NULL};
    int count = 0;
    for (; count < 2 && work->parameters[count]; count++)
        values[count] = copy_parameter(operation->request, work->parameters[count]);
    json_t *answer = execute_statement(operation, "begin", "BEGIN", 0, NULL);
    if (!answer)
        answer = execute_statement(
            operation, work->name, work->statement, count, (const char *const *)values);
    free(values[0]);
    free(values[1]);
    if (!answer)
        poll(NULL, 0, (int)json_integer_value(json_object_get(operation->request, "pause_ms")));
    return answer ? answer : execute_statement(operation, "commit", "COMMIT", 0, NULL);
}

static json_t *perform_operation(const struct operation *operation)
{
    const json_t *id = json_object_get(operation->request, "id");
    const char *name = json_string_value(json_object_get(operation->request, "do"));
    if (!operation->connection && PQstatus(operation->pgconn) != CONNECTION_OK)
        return failed_answer(operation, "connect", NULL);
    for (size_t i = 0; name && i < sizeof works / sizeof *works; i++) {
        if (strcmp(works[i].name, name) != 0)
            continue;
        json_t *answer = run_transaction(operation, &works[i]);
        return answer ? answer
                      : json_pack("{s:O, s:b, s:s}", "id", id, "ok", 1, "state", state_of(operation->pgconn));
    }
    return json_pack("{s:O, s:s}", "id", id, "error", "unknown operation");
}

static void *run_operation(void *context)
{
    struct operation *operation = context;
    struct connection *connection = operation->connection;
    if (connection)
        pthread_mutex_lock(&connection->busy);
    operation->pgconn = connection ? connection->pgconn : PQconnectdb(operation->conninfo);
    print_json_line(perform_operation(operation));
    if (connection)
        pthread_mutex_unlock(&connection->busy);
    else
        PQfinish(operation->pgconn);
    json_decref(operation->request);
    free(operation);
    return NULL;
}

static bool start_operation(json_t *request, struct connection *connection, const char *conninfo)
{
    pthread_t thread;
    struct operation *operation = malloc(sizeof *operation);
    if (!operation)
        return false;
    *operation = (struct operation){.request = request, .connection = connection, .conninfo = conninfo};
    return pthread_create(&thread, NULL, run_operation, operation) == 0 && pthread_detach(thread) == 0;
}

// The first operation gets the first connection, and so on: the packets are told apart by that.
static bool follow_orders(struct connection *connections, int size, const char *conninfo)
{
    char *line = NULL;
    size_t room = 0;
    int used = 0;
    bool good = true;
    while (good && getline(&line, &room, stdin) > 0) {
        json_t *request = json_loads(line, 0, NULL);
        const char *name = json_string_value(json_object_get(request, "do"));
        bool fresh = !name || strcmp(name, "connect") == 0;
        used += !fresh && used < size;
        good = start_operation(request, fresh ? NULL : &connections[used - 1], conninfo);
    }
    free(line);
    return good;
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    char *line = NULL, *conninfo = NULL, driver[32];
    size_t room = 0;
    const char *given = "", *strategy = "";
    int size = 0;
    struct connection connections[MOST];
    // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it is kept until the end, as `open` is
    json_t *open = getline(&line, &room, stdin) > 0 ? json_loads(line, 0, NULL) : NULL;
    json_unpack(
        open, "{s:{s:s, s:i, s:s}}", "open", "conninfo", &given, "size", &size, "strategy", &strategy);
    if (size < 1 || size > MOST ||
        asprintf(&conninfo, "%s%s", given, strcmp(strategy, "plain") == 0 ? " sslmode=disable" : "") < 0)
        return EXIT_FAILURE;
    for (int i = 0; i < size; i++) {
        connections[i] = (struct connection){PQconnectdb(conninfo), PTHREAD_MUTEX_INITIALIZER};
        if (PQstatus(connections[i].pgconn) != CONNECTION_OK) {
            print_json_line(json_pack("{s:s}", "error", PQerrorMessage(connections[i].pgconn)));
            return EXIT_FAILURE;
        }
    }
    snprintf(driver, sizeof driver, "%d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000);
    print_json_line(json_pack("{s:b, s:s, s:s, s:s, s:[s]}", "ready", 1, "name", "libpq", "version", driver,
        "driver", "C", "speaks", "connect"));
    return follow_orders(connections, size, conninfo) ? EXIT_SUCCESS : EXIT_FAILURE;
}
