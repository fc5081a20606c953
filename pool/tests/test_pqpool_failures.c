// Each call that can fail is made to fail once: the pool says so, loses nothing and goes on. The Makefile
// links this program with --wrap for the calls below.
#include "pool_fixture.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

// Which call from now on fails: 1 is the next, 0 none.
static struct {
    int aligned_alloc, calloc, strdup, conninfo_parse, connect, connect_start, connect_poll, send_query,
        set_nonblocking, flush, consume_input, poll, poll_errno;
} fail;

static bool fails_now(int *countdown)
{
    return *countdown > 0 && --*countdown == 0;
}

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails_now(&fail.aligned_alloc) ? NULL : __real_aligned_alloc(alignment, size);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now(&fail.calloc) ? NULL : __real_calloc(count, size);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
    return fails_now(&fail.strdup) ? NULL : __real_strdup(text);
}

// No memory, then: libpq gives no reason.
PQconninfoOption *__real_PQconninfoParse(const char *conninfo, char **reason);
PQconninfoOption *__wrap_PQconninfoParse(const char *conninfo, char **reason);
PQconninfoOption *__wrap_PQconninfoParse(const char *conninfo, char **reason)
{
    return fails_now(&fail.conninfo_parse) ? NULL : __real_PQconninfoParse(conninfo, reason);
}

PGconn *__real_PQconnectdbParams(const char *const *keywords, const char *const *values, int expand);
PGconn *__wrap_PQconnectdbParams(const char *const *keywords, const char *const *values, int expand);
PGconn *__wrap_PQconnectdbParams(const char *const *keywords, const char *const *values, int expand)
{
    return fails_now(&fail.connect) ? NULL : __real_PQconnectdbParams(keywords, values, expand);
}

PGconn *__real_PQconnectStartParams(const char *const *keywords, const char *const *values, int expand);
PGconn *__wrap_PQconnectStartParams(const char *const *keywords, const char *const *values, int expand);
PGconn *__wrap_PQconnectStartParams(const char *const *keywords, const char *const *values, int expand)
{
    return fails_now(&fail.connect_start) ? NULL : __real_PQconnectStartParams(keywords, values, expand);
}

PostgresPollingStatusType __real_PQconnectPoll(PGconn *pgconn);
PostgresPollingStatusType __wrap_PQconnectPoll(PGconn *pgconn);
PostgresPollingStatusType __wrap_PQconnectPoll(PGconn *pgconn)
{
    return fails_now(&fail.connect_poll) ? PGRES_POLLING_FAILED : __real_PQconnectPoll(pgconn);
}

// libpq says so only when the session is lost, and nothing of it is left to be read.
static void lose(const PGconn *pgconn)
{
    char ignored[8192];
    while (recv(PQsocket(pgconn), ignored, sizeof ignored, MSG_DONTWAIT) > 0) {
    }
    shutdown(PQsocket(pgconn), SHUT_RDWR);
}

int __real_PQflush(PGconn *pgconn);
int __wrap_PQflush(PGconn *pgconn);
int __wrap_PQflush(PGconn *pgconn)
{
    if (!fails_now(&fail.flush))
        return __real_PQflush(pgconn);
    lose(pgconn);
    return -1;
}

int __real_PQconsumeInput(PGconn *pgconn);
int __wrap_PQconsumeInput(PGconn *pgconn);
int __wrap_PQconsumeInput(PGconn *pgconn)
{
    if (!fails_now(&fail.consume_input))
        return __real_PQconsumeInput(pgconn);
    lose(pgconn);
    return 0;
}

// Not refused, but spoilt: the server answers with an error.
int __real_PQsendQuery(PGconn *pgconn, const char *query);
int __wrap_PQsendQuery(PGconn *pgconn, const char *query);
int __wrap_PQsendQuery(PGconn *pgconn, const char *query)
{
    return __real_PQsendQuery(pgconn, fails_now(&fail.send_query) ? "SELECT 1/0" : query);
}

int __real_PQsetnonblocking(PGconn *pgconn, int on);
int __wrap_PQsetnonblocking(PGconn *pgconn, int on);
int __wrap_PQsetnonblocking(PGconn *pgconn, int on)
{
    return fails_now(&fail.set_nonblocking) ? -1 : __real_PQsetnonblocking(pgconn, on);
}

int __real_poll(struct pollfd *descriptors, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout_ms)
{
    if (!fails_now(&fail.poll))
        return __real_poll(descriptors, count, timeout_ms);
    errno = fail.poll_errno;
    return -1;
}

static void test_no_memory_for_a_pool(void **state)
{
    int *const calls[] = {
        &fail.conninfo_parse, &fail.aligned_alloc, &fail.aligned_alloc, &fail.strdup, &fail.calloc};
    const int which[] = {1, 1, 2, 1, 1};
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct pqpool_options options = {
            .conninfo = "dbname=app", .size = 2, .minimum = 1, .order = PQPOOL_FIFO};
        struct pqpool_error error;
        *calls[i] = which[i];
        assert_null(pqpool_new(&options, &error));
        assert_int_equal(*calls[i], 0);
        assert_int_equal(error.failure, PQPOOL_FAILURE_MEMORY);
        assert_string_equal(error.text, "out of memory");
    }
}

static const struct failure {
    int *call, which, poll_errno, connect_timeout_ms;
    const char *next; // the failure happens in a pooled connection's ping, then this with the other
    enum pqpool_failure failure; // PQPOOL_FAILURE_NONE: the checkout recovers from it
    const char *text, *sqlstate, *history;
} failures[] = {
    {&fail.connect, 1, 0, 0, NULL, PQPOOL_FAILURE_NONE, "", "",
        "0 checkout, 0 connect failed, 0 checkout, 0 connected"},
    {&fail.connect_start, 1, 0, 9000, NULL, PQPOOL_FAILURE_NONE, "", "",
        "0 checkout, 0 connect failed, 0 checkout, 0 connected"},
    {&fail.connect_poll, 1, 0, 9000, NULL, PQPOOL_FAILURE_NONE, "", "",
        "0 checkout, 0 connect failed, 0 checkout, 0 connected"},
    {&fail.flush, 1, 0, 0, "outdated", PQPOOL_FAILURE_NONE, "", "",
        "0 checkout, 0 ping failed, 0 checkout, 0 connected"},
    {&fail.flush, 2, 0, 0, "outdated", PQPOOL_FAILURE_NONE, "", "",
        "0 checkout, 0 ping failed, 0 checkout, 0 connected"},
    {&fail.consume_input, 1, 0, 0, "outdated", PQPOOL_FAILURE_NONE, "", "",
        "0 checkout, 0 ping failed, 0 checkout, 0 connected"},
    {&fail.poll, 1, EINTR, 9000, NULL, PQPOOL_FAILURE_NONE, "", "", "0 checkout, 0 connected"},
    {&fail.poll, 1, ENOMEM, 9000, NULL, PQPOOL_FAILURE_NONE, "", "",
        "0 checkout, 0 connect expired, 0 checkout, 0 connected"},
    {&fail.poll, 1, EINTR, 0, "ping answered", PQPOOL_FAILURE_NONE, "", "", "0 checkout, 0 ping answered"},
    {&fail.poll, 1, ENOMEM, 0, "ping answered", PQPOOL_FAILURE_EXPIRED,
        "timeout expired while waiting for SELECT 1", "", "0 checkout, 0 ping cut short, 0 close done"},
    {&fail.set_nonblocking, 1, 0, 0, "ping answered", PQPOOL_FAILURE_SERVER,
        "libpq failed and gave no reason", "", "0 checkout, 0 ping refused, 0 close done"},
    {&fail.set_nonblocking, 2, 0, 0, "ping answered", PQPOOL_FAILURE_SERVER,
        "libpq failed and gave no reason", "", "0 checkout, 0 ping refused, 0 close done"},
    {&fail.send_query, 1, 0, 0, "ping answered", PQPOOL_FAILURE_SERVER, "ERROR:  division by zero", "22012",
        "0 checkout, 0 ping refused, 0 close done"},
};

static void get_over(const struct failure *failure, const struct postgres *server)
{
    struct pool_history history;
    struct pqpool_error error = {0};
    struct pqpool_options options = {
        .size = 2, .order = PQPOOL_FIFO, .pre_ping = true, .connect_timeout_ms = failure->connect_timeout_ms};
    int descriptors = pool_count_descriptors();
    struct pqpool *pool = pool_open(server, options, &history);
    if (failure->next)
        pool_warm_up(pool, 2);
    history.text[0] = '\0';
    fail.poll_errno = failure->poll_errno;
    *failure->call = failure->which;
    struct pqpool_connection *connection = pqpool_checkout(pool, &error);
    assert_int_equal(*failure->call, 0);
    assert_int_equal(connection == NULL, failure->failure != PQPOOL_FAILURE_NONE);
    if (!connection) {
        assert_int_equal(error.failure, failure->failure);
        assert_string_equal(error.text, failure->text);
        assert_string_equal(error.sqlstate, failure->sqlstate);
    }
    pool_assert_history(&history, failure->history);
    pqpool_checkin(connection);
    history.text[0] = '\0';
    pqpool_checkin(pool_checkout(pool));
    if (failure->next)
        assert_non_null(strstr(history.text, failure->next));
    pqpool_free(pool);
    assert_int_equal(pool_count_descriptors(), descriptors);
}

static void test_a_failure_is_told_and_got_over(void **state)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        get_over(&failures[i], *state);
}

// Then the deadline is for all of them together.
static void test_no_memory_to_tell_hosts_apart(void **state)
{
    const struct postgres *server = *state;
    int port = (int)strtol(strstr(server->conninfo, "port=") + strlen("port="), NULL, 10);
    char conninfo[512];
    snprintf(conninfo, sizeof conninfo, "%s port=%d,%d hostaddr=127.0.0.1,127.0.0.1 host=localhost,localhost",
        server->conninfo, port, port);
    struct pqpool_options options = {.conninfo = conninfo, .size = 1, .connect_timeout_ms = 9000};
    struct pqpool *pool = pool_open(server, options, NULL);
    fail.conninfo_parse = 1;
    pqpool_checkin(pool_checkout(pool));
    assert_int_equal(fail.conninfo_parse, 0);
    pqpool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_memory_for_a_pool),
        cmocka_unit_test(test_a_failure_is_told_and_got_over),
        cmocka_unit_test(test_no_memory_to_tell_hosts_apart),
    };
    return cmocka_run_group_tests_name("pqpool_failures", tests, postgres_set_up, postgres_tear_down);
}
