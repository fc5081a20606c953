// Each call that a strategy makes is made to fail once: the pool says so, loses nothing and goes on. The
// Makefile links this program with --wrap for the calls below.
#include "pool_fixture.h"

#include "pqpool_types.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

// Which call from now on fails: 1 is the next, 0 none.
static struct {
    int strdup, pthread_create, poll, ppoll, error, connect_start, send_query, send_params, set_nonblocking,
        getsockopt, session;
} fail;

static bool next_call_fails(int *countdown)
{
    return *countdown > 0 && --*countdown == 0;
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
    return next_call_fails(&fail.strdup) ? NULL : __real_strdup(text);
}

int __real_pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);
int __wrap_pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);
int __wrap_pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
    return next_call_fails(&fail.pthread_create) ? EAGAIN
                                                 : __real_pthread_create(thread, attributes, start, argument);
}

int __real_poll(struct pollfd *sockets, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *sockets, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *sockets, nfds_t count, int timeout_ms)
{
    if (!next_call_fails(&fail.poll))
        return __real_poll(sockets, count, timeout_ms);
    errno = fail.error;
    return -1;
}

int __real_ppoll(struct pollfd *sockets, nfds_t count, const struct timespec *timeout, const sigset_t *mask);
int __wrap_ppoll(struct pollfd *sockets, nfds_t count, const struct timespec *timeout, const sigset_t *mask);
int __wrap_ppoll(struct pollfd *sockets, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    if (!next_call_fails(&fail.ppoll))
        return __real_ppoll(sockets, count, timeout, mask);
    errno = fail.error;
    return -1;
}

PGconn *__real_PQconnectStartParams(const char *const *keywords, const char *const *values, int expand);
PGconn *__wrap_PQconnectStartParams(const char *const *keywords, const char *const *values, int expand);
PGconn *__wrap_PQconnectStartParams(const char *const *keywords, const char *const *values, int expand)
{
    return next_call_fails(&fail.connect_start) ? NULL
                                                : __real_PQconnectStartParams(keywords, values, expand);
}

// Not refused, but spoilt: the server answers with an error.
int __real_PQsendQuery(PGconn *pgconn, const char *query);
int __wrap_PQsendQuery(PGconn *pgconn, const char *query);
int __wrap_PQsendQuery(PGconn *pgconn, const char *query)
{
    return __real_PQsendQuery(pgconn, next_call_fails(&fail.send_query) ? "SELECT 1/0" : query);
}

int __real_PQsendQueryParams(PGconn *pgconn, const char *query, int count, const Oid *types,
    const char *const *values, const int *lengths, const int *formats, int format);
int __wrap_PQsendQueryParams(PGconn *pgconn, const char *query, int count, const Oid *types,
    const char *const *values, const int *lengths, const int *formats, int format);
// NOLINTNEXTLINE(readability-function-size) ; libpq's own
int __wrap_PQsendQueryParams(PGconn *pgconn, const char *query, int count, const Oid *types,
    const char *const *values, const int *lengths, const int *formats, int format)
{
    if (next_call_fails(&fail.session)) { // and libpq knows
        shutdown(PQsocket(pgconn), SHUT_RDWR);
        PQconsumeInput(pgconn);
    }
    return next_call_fails(&fail.send_params)
               ? 0
               : __real_PQsendQueryParams(pgconn, query, count, types, values, lengths, formats, format);
}

int __real_PQsetnonblocking(PGconn *pgconn, int on);
int __wrap_PQsetnonblocking(PGconn *pgconn, int on);
int __wrap_PQsetnonblocking(PGconn *pgconn, int on)
{
    return next_call_fails(&fail.set_nonblocking) ? -1 : __real_PQsetnonblocking(pgconn, on);
}

int __real_getsockopt(int descriptor, int level, int name, void *value, socklen_t *size);
int __wrap_getsockopt(int descriptor, int level, int name, void *value, socklen_t *size);
int __wrap_getsockopt(int descriptor, int level, int name, void *value, socklen_t *size)
{
    return next_call_fails(&fail.getsockopt) ? -1 : __real_getsockopt(descriptor, level, name, value, size);
}

static void test_a_pool_that_cannot_be_made(void **state)
{
    static const struct {
        int *call, which;
        const char *text;
    } cases[] = {
        {&fail.strdup, 2, "out of memory"}, // reset_query
        {&fail.pthread_create, 1, "no thread: Resource temporarily unavailable"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pqpool_error error;
        struct pqpool_options options = {.conninfo = "dbname=app",
            .size = 1,
            .reset_query = "DISCARD ALL",
            .background_ping_ms = 1000,
            .ping_timeout_ms = 1000};
        *cases[i].call = cases[i].which;
        assert_null(pqpool_new(&options, &error));
        assert_int_equal(*cases[i].call, 0);
        assert_int_equal(error.failure, PQPOOL_FAILURE_MEMORY);
        assert_string_equal(error.text, cases[i].text);
    }
}

static void test_a_hedge_gets_over_it(void **state)
{
    static const struct {
        int *call, error;
        bool pooled, fails;
        const char *history;
    } cases[] = {
        {&fail.poll, ENOMEM, true, false, "0 checkout, 0 ping answered"}, // nothing known of the socket
        {&fail.poll, EINTR, true, false, "0 checkout, 0 ping answered"},
        {&fail.ppoll, EINTR, true, false, "0 checkout, 0 ping answered"},
        {&fail.ppoll, ENOMEM, true, true, "0 checkout, 0 late"},
        {&fail.set_nonblocking, 0, true, false, "0 checkout, 0 ping refused, 0 hedge, 0 connected"},
        {&fail.send_query, 0, true, false, "0 checkout, 0 ping refused, 0 hedge, 0 connected"},
        {&fail.connect_start, 0, false, false, "0 checkout, 0 connect failed, 0 hedge, 0 connected"},
        {&fail.getsockopt, 0, false, false, "0 checkout, 0 connected"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pool_history history;
        struct pqpool_error error;
        struct pqpool_options options = {.size = 1, .hedge = true, .ping_timeout_ms = 60000};
        int descriptors = pool_count_descriptors();
        struct pqpool *pool = pool_open(*state, options, &history);
        if (cases[i].pooled)
            pool_warm_up(pool, 1);
        pool->round_trip = (struct pqpool_round_trip){.smoothed_us = 5000000};
        history.text[0] = '\0';
        fail.error = cases[i].error;
        *cases[i].call = 1;
        struct pqpool_connection *connection = pqpool_checkout(pool, &error);
        assert_int_equal(*cases[i].call, 0);
        assert_int_equal(connection == NULL, cases[i].fails);
        pool_assert_history(&history, cases[i].history);
        pqpool_checkin(connection);
        pqpool_checkin(pool_checkout(pool));
        pqpool_free(pool);
        assert_int_equal(pool_count_descriptors(), descriptors);
    }
}

// It was never sent: nothing is in doubt, and nothing is repeated.
static void test_a_statement_that_cannot_be_sent(void **state)
{
    static const char *const values[] = {"1"};
    struct pool_history history;
    struct pqpool_error error;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, &history);
    pool_warm_up(pool, 1);
    history.text[0] = '\0';
    fail.send_params = 1;
    assert_null(pqpool_exec(pool, "SELECT $1", 1, values, PQPOOL_IDEMPOTENT, 0, &error));
    assert_int_equal(error.failure, PQPOOL_FAILURE_SERVER);
    assert_false(error.in_doubt);
    pool_assert_history(&history, "0 checkout, 0 unclean, 0 close done");
    pqpool_free(pool);
}

static void test_a_look_at_a_dead_session_is_repeated(void **state)
{
    struct pool_history history;
    struct pqpool_error error;
    struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, &history);
    pool_warm_up(pool, 1);
    postgres_terminate_backend(*state, PQbackendPID(pool->places[0].pgconn));
    history.text[0] = '\0';
    fail.error = EINTR;
    fail.poll = 1;
    PGresult *result = pqpool_exec(pool, "SELECT 8", 0, NULL, 0, 0, &error);
    assert_int_equal(fail.poll, 0);
    assert_non_null(result);
    PQclear(result);
    pool_assert_history(
        &history, "0 checkout, 0 found dead, 0 close done, 0 checkout, 0 connected, 0 checkin");
    pqpool_free(pool);
}

// The first session is lost before anything of the statement was sent: that is not in doubt. The second is
// lost while the statement is carried out.
static void test_what_was_sent_is_in_doubt(void **state)
{
    static const char *const values[] = {"1"};
    static const struct {
        unsigned flags;
        bool in_doubt;
        const char *history;
    } cases[] = {
        {0, false, "0 checkout, 0 broken, 0 close done"},
        {PQPOOL_IDEMPOTENT, true,
            "0 checkout, 0 broken, 0 close done, 0 checkout, 0 connected, 0 broken, 0 close done"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct pool_history history;
        struct pqpool_error error;
        struct pqpool *pool = pool_open(*state, (struct pqpool_options){.size = 1}, &history);
        pool_warm_up(pool, 1);
        history.text[0] = '\0';
        fail.session = 1;
        assert_null(pqpool_exec(
            pool, "SELECT pg_terminate_backend(pg_backend_pid()), $1", 1, values, cases[i].flags, 0, &error));
        assert_int_equal(error.failure, PQPOOL_FAILURE_CONNECT);
        assert_int_equal(error.in_doubt, cases[i].in_doubt);
        pool_assert_history(&history, cases[i].history);
        pqpool_free(pool);
    }
}

// The first was sent; that the second is not does not change that.
static void test_the_first_attempt_stays_in_doubt(void **state)
{
    struct pqpool_error error;
    struct pqpool *pool = pool_open(
        *state, (struct pqpool_options){.size = 1, .connect_timeout_ms = 20000}, NULL);
    pool_warm_up(pool, 1);
    fail.connect_start = 1;
    assert_null(pqpool_exec(
        pool, "SELECT pg_terminate_backend(pg_backend_pid())", 0, NULL, PQPOOL_IDEMPOTENT, 0, &error));
    assert_int_equal(fail.connect_start, 0);
    assert_int_equal(error.failure, PQPOOL_FAILURE_CONNECT);
    assert_true(error.in_doubt);
    pqpool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pool_that_cannot_be_made),
        cmocka_unit_test(test_a_hedge_gets_over_it),
        cmocka_unit_test(test_a_statement_that_cannot_be_sent),
        cmocka_unit_test(test_a_look_at_a_dead_session_is_repeated),
        cmocka_unit_test(test_what_was_sent_is_in_doubt),
        cmocka_unit_test(test_the_first_attempt_stays_in_doubt),
    };
    return cmocka_run_group_tests_name(
        "pqpool_strategy_failures", tests, postgres_set_up, postgres_tear_down);
}
