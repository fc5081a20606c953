// Each call that can fail is made to fail once: the pool says so, loses nothing and goes on. The Makefile
// links this program with --wrap for the calls below.
#include "pool_fixture.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Which call from now on fails: 1 is the next, 0 none.
static struct {
    int aligned_alloc, strdup, connect, connect_start, send_query, set_nonblocking, poll, poll_errno;
} fail;

static bool fails(int *countdown)
{
    return *countdown > 0 && --*countdown == 0;
}

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails(&fail.aligned_alloc) ? NULL : __real_aligned_alloc(alignment, size);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
    return fails(&fail.strdup) ? NULL : __real_strdup(text);
}

PGconn *__real_PQconnectdbParams(const char *const *keywords, const char *const *values, int expand);
PGconn *__wrap_PQconnectdbParams(const char *const *keywords, const char *const *values, int expand);
PGconn *__wrap_PQconnectdbParams(const char *const *keywords, const char *const *values, int expand)
{
    return fails(&fail.connect) ? NULL : __real_PQconnectdbParams(keywords, values, expand);
}

PGconn *__real_PQconnectStartParams(const char *const *keywords, const char *const *values, int expand);
PGconn *__wrap_PQconnectStartParams(const char *const *keywords, const char *const *values, int expand);
PGconn *__wrap_PQconnectStartParams(const char *const *keywords, const char *const *values, int expand)
{
    return fails(&fail.connect_start) ? NULL : __real_PQconnectStartParams(keywords, values, expand);
}

// Not refused, but spoilt: the server answers with an error.
int __real_PQsendQuery(PGconn *pgconn, const char *query);
int __wrap_PQsendQuery(PGconn *pgconn, const char *query);
int __wrap_PQsendQuery(PGconn *pgconn, const char *query)
{
    return __real_PQsendQuery(pgconn, fails(&fail.send_query) ? "SELECT 1/0" : query);
}

int __real_PQsetnonblocking(PGconn *pgconn, int on);
int __wrap_PQsetnonblocking(PGconn *pgconn, int on);
int __wrap_PQsetnonblocking(PGconn *pgconn, int on)
{
    return fails(&fail.set_nonblocking) ? -1 : __real_PQsetnonblocking(pgconn, on);
}

int __real_poll(struct pollfd *descriptors, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout_ms)
{
    if (!fails(&fail.poll))
        return __real_poll(descriptors, count, timeout_ms);
    errno = fail.poll_errno;
    return -1;
}

static void test_no_memory_for_a_pool(void **state)
{
    int *const calls[] = {&fail.aligned_alloc, &fail.aligned_alloc, &fail.strdup};
    const int which[] = {1, 2, 1};
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct pqpool_options options = {.conninfo = "dbname=app", .size = 2, .order = PQPOOL_FIFO};
        struct pqpool_error error;
        *calls[i] = which[i];
        assert_null(pqpool_new(&options, &error));
        assert_int_equal(*calls[i], 0);
        assert_int_equal(error.failure, PQPOOL_FAILURE_MEMORY);
        assert_string_equal(error.text, "out of memory");
    }
}

static void test_a_failure_is_told_and_got_over(void **state)
{
    static const struct {
        int *call, which, poll_errno, connect_timeout_ms;
        bool pooled;                 // the failure happens in the ping of a pooled connection
        enum pqpool_failure failure; // PQPOOL_FAILURE_NONE: it is mended within the checkout
        const char *text, *sqlstate, *history;
    } cases[] = {
        {&fail.connect, 1, 0, 0, false, PQPOOL_FAILURE_NONE, "", "",
            "0 checkout, 0 connect failed, 0 checkout, 0 connected"},
        {&fail.connect_start, 1, 0, 9000, false, PQPOOL_FAILURE_NONE, "", "",
            "0 checkout, 0 connect failed, 0 checkout, 0 connected"},
        {&fail.poll, 1, EINTR, 9000, false, PQPOOL_FAILURE_NONE, "", "", "0 checkout, 0 connected"},
        {&fail.poll, 1, ENOMEM, 9000, false, PQPOOL_FAILURE_NONE, "", "",
            "0 checkout, 0 connect expired, 0 checkout, 0 connected"},
        {&fail.poll, 1, EINTR, 0, true, PQPOOL_FAILURE_NONE, "", "", "0 checkout, 0 ping answered"},
        {&fail.poll, 1, ENOMEM, 0, true, PQPOOL_FAILURE_EXPIRED, "timeout expired while waiting for SELECT 1",
            "", "0 checkout, 0 ping cut short, 0 close done"},
        {&fail.set_nonblocking, 1, 0, 0, true, PQPOOL_FAILURE_SERVER, "libpq failed and gave no reason", "",
            "0 checkout, 0 ping refused, 0 close done"},
        {&fail.set_nonblocking, 2, 0, 0, true, PQPOOL_FAILURE_SERVER, "libpq failed and gave no reason", "",
            "0 checkout, 0 ping refused, 0 close done"},
        {&fail.send_query, 1, 0, 0, true, PQPOOL_FAILURE_SERVER, "ERROR:  division by zero", "22012",
            "0 checkout, 0 ping refused, 0 close done"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pool_history history;
        struct pqpool_error error = {0};
        struct pqpool_options options = {.size = 2,
            .order = PQPOOL_FIFO,
            .pre_ping = true,
            .connect_timeout_ms = cases[i].connect_timeout_ms};
        int descriptors = pool_count_descriptors();
        struct pqpool *pool = pool_open(*state, options, &history);
        if (cases[i].pooled)
            pool_warm_up(pool, 2);
        history.text[0] = '\0';
        fail.poll_errno = cases[i].poll_errno;
        *cases[i].call = cases[i].which;
        struct pqpool_connection *connection = pqpool_checkout(pool, &error);
        assert_int_equal(*cases[i].call, 0);
        assert_int_equal(connection == NULL, cases[i].failure != PQPOOL_FAILURE_NONE);
        if (!connection) {
            assert_int_equal(error.failure, cases[i].failure);
            assert_string_equal(error.text, cases[i].text);
            assert_string_equal(error.sqlstate, cases[i].sqlstate);
        }
        pool_assert_history(&history, cases[i].history);
        pqpool_checkin(connection);
        history.text[0] = '\0';
        pqpool_checkin(pool_checkout(pool)); // nobody else was accused: at most a ping
        if (cases[i].pooled)
            assert_non_null(strstr(history.text, "ping answered"));
        pqpool_free(pool);
        assert_int_equal(pool_count_descriptors(), descriptors);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_memory_for_a_pool),
        cmocka_unit_test(test_a_failure_is_told_and_got_over),
    };
    return cmocka_run_group_tests_name("pqpool_failures", tests, postgres_set_up, postgres_tear_down);
}
