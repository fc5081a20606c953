// A fork: what the parent and the child find of the parent's sessions, also when calls fail. The Makefile
// links this program with --wrap for them.
#include "pool_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SESSIONS 3
#define ALL      99

// How many of the next calls fail.
static struct {
    int pthread_atfork, eventfd, dup3;
} fail;

static bool may_still_fail(int *left)
{
    if (*left == 0)
        return false;
    --*left;
    return true;
}

int __real_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));
int __wrap_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));
int __wrap_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    return may_still_fail(&fail.pthread_atfork) ? ENOMEM : __real_pthread_atfork(prepare, parent, child);
}

int __real_eventfd(unsigned value, int flags);
int __wrap_eventfd(unsigned value, int flags);
int __wrap_eventfd(unsigned value, int flags)
{
    errno = EMFILE;
    return may_still_fail(&fail.eventfd) ? -1 : __real_eventfd(value, flags);
}

int __real_dup3(int old, int new, int flags);
int __wrap_dup3(int old, int new, int flags);
int __wrap_dup3(int old, int new, int flags)
{
    errno = EINTR;
    return may_still_fail(&fail.dup3) ? -1 : __real_dup3(old, new, flags);
}

// The first pool of this process: later ones find the handlers there.
static void test_a_pool_that_could_not_survive_a_fork_is_not_made(void **state)
{
    struct pqpool_options options = {.conninfo = "dbname=app", .size = 1};
    struct pqpool_error error;
    (void)state;
    fail.pthread_atfork = 1;
    assert_null(pqpool_new(&options, &error));
    assert_int_equal(fail.pthread_atfork, 0);
    assert_int_equal(error.failure, PQPOOL_FAILURE_MEMORY);
    assert_string_equal(error.text, "out of memory");
}

struct inherited {
    struct pqpool *pool;
    struct pqpool_connection *connections[SESSIONS];
    PGconn *known; // of one that is checked out
    int backends[SESSIONS], sockets[SESSIONS];
    bool closed; // the child had nothing to put in their places
};

static void open_sessions(struct inherited *inherited, const struct postgres *server)
{
    inherited->pool = pool_open(server, (struct pqpool_options){.size = SESSIONS}, NULL);
    for (int i = 0; i < SESSIONS; i++) {
        struct pqpool_connection *connection = pool_checkout(inherited->pool);
        inherited->connections[i] = connection;
        inherited->backends[i] = pool_backend(connection);
        inherited->sockets[i] = PQsocket(pqpool_pgconn(connection));
    }
    inherited->known = pqpool_pgconn(inherited->connections[0]);
    pqpool_checkin(inherited->connections[1]); // parked
    pqpool_checkin(inherited->connections[2]); // on the list
}

// Open, so that nobody else is given its number, and no socket.
static bool is_let_go(const struct inherited *inherited, int descriptor)
{
    int type;
    socklen_t size = sizeof type;
    return (fcntl(descriptor, F_GETFD) < 0) == inherited->closed &&
           getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) < 0;
}

// In the child. Exit status 0: the pool is as good as new, none of its sessions is the parent's, and what it
// knows of the parent's is none any more.
static int use_in_child(const struct inherited *inherited)
{
    struct pqpool_error error;
    struct pqpool_statistics now;
    pqpool_get_statistics(inherited->pool, &now);
    bool good = now.places[PQPOOL_CLOSED] == SESSIONS && !pool_is_alive(inherited->known);
    for (int i = 0; i < SESSIONS; i++)
        good = good && is_let_go(inherited, inherited->sockets[i]);
    struct pqpool_connection *connection = pqpool_checkout(inherited->pool, &error);
    good = good && connection && pool_is_alive(pqpool_pgconn(connection));
    for (int i = 0; i < SESSIONS && good; i++)
        good = pool_backend(connection) != inherited->backends[i];
    pqpool_checkin(connection);
    pqpool_free(inherited->pool);
    return good ? 0 : 1;
}

static void assert_untouched(struct inherited *inherited)
{
    inherited->connections[1] = pool_checkout(inherited->pool);
    inherited->connections[2] = pool_checkout(inherited->pool);
    for (int i = 0; i < SESSIONS; i++) {
        assert_int_equal(pool_backend(inherited->connections[i]), inherited->backends[i]);
        assert_true(pool_is_alive(pqpool_pgconn(inherited->connections[i])));
        pqpool_checkin(inherited->connections[i]);
    }
}

static void test_a_child_does_not_touch_the_parents_sessions(void **state)
{
    static const struct {
        int eventfd, dup3;
        bool gap; // a descriptor below the sockets' is free
    } cases[] = {{0, 0, false}, {0, 1, false}, {1, 0, false}, {1, 1, true}, {ALL, 0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct inherited inherited = {.closed = cases[i].eventfd == ALL};
        int status, gap = dup(STDERR_FILENO);
        open_sessions(&inherited, *state);
        if (cases[i].gap)
            close(gap);
        fail.eventfd = cases[i].eventfd;
        fail.dup3 = cases[i].dup3;
        pid_t child = fork();
        if (child == 0)
            _exit(use_in_child(&inherited));
        fail.eventfd = fail.dup3 = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_untouched(&inherited);
        pqpool_free(inherited.pool);
        if (!cases[i].gap)
            close(gap);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pool_that_could_not_survive_a_fork_is_not_made),
        cmocka_unit_test(test_a_child_does_not_touch_the_parents_sessions),
    };
    return cmocka_run_group_tests_name("pqpool_fork", tests, postgres_set_up, postgres_tear_down);
}
