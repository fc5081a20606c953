// fork: a child inherits the parent's sockets. Anything that it sent on them, even libpq's Terminate message,
// would break the parent's TLS sessions. So the child's copy of a pool abandons them and starts with none.
#include "pqpool_monitor.h"
#include "pqpool_owner.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static pthread_mutex_t pools_lock = PTHREAD_MUTEX_INITIALIZER;
static LIST_HEAD(, pqpool) pools = LIST_HEAD_INITIALIZER(pools);
static bool installed;

// With all locks held, no other thread is in the middle of changing a pool when the child's copy is made.
static void before_fork(void)
{
    struct pqpool *pool;
    pthread_mutex_lock(&pools_lock);
    LIST_FOREACH (pool, &pools, of_process)
        pthread_mutex_lock(&pool->lock);
}

static void after_fork_in_parent(void)
{
    struct pqpool *pool;
    LIST_FOREACH (pool, &pools, of_process)
        pthread_mutex_unlock(&pool->lock);
    pthread_mutex_unlock(&pools_lock);
}

// A descriptor to put in the place of a socket. Not /dev/null: there may be no /dev. It is always readable,
// so that nobody waits for an answer on it.
static int open_placeholder(void)
{
    return eventfd(1, EFD_CLOEXEC);
}

static void replace_socket(int socket, int placeholder)
{
    while (dup3(placeholder, socket, O_CLOEXEC) < 0 && errno == EINTR) {
    }
}

// The session's memory is not freed: a thread that does not exist in the child may have held a lock of libpq
// or OpenSSL at the fork. A caller may still have the PGconn: its socket is replaced, and every call fails.
static void abandon_session(const struct pqpool_place *place, int placeholder)
{
    bool has_socket = place->state != PQPOOL_CLOSED && place->state != PQPOOL_CLOSING;
    int socket = has_socket ? PQsocket(place->pgconn) : -1;
    if (socket < 0)
        return;
    if (placeholder >= 0) {
        replace_socket(socket, placeholder);
        return;
    }
    close(socket); // no descriptor was left; now this one is, unless a lower one is free
    int found = open_placeholder();
    if (found >= 0 && found != socket) {
        replace_socket(socket, found);
        close(found);
    }
}

static void after_fork_in_child(void)
{
    struct pqpool *pool;
    int placeholder = open_placeholder();
    LIST_FOREACH (pool, &pools, of_process) {
        for (unsigned i = 0; i < pool->place_count; i++)
            abandon_session(&pool->places[i], placeholder);
        pqpool_init_places(pool);
        pthread_mutex_unlock(&pool->lock);
    }
    if (placeholder >= 0)
        close(placeholder);
    pthread_mutex_unlock(&pools_lock);
}

bool pqpool_fork_register(struct pqpool *pool, struct pqpool_error *error)
{
    pthread_mutex_lock(&pools_lock);
    if (!installed)
        installed = pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) == 0;
    bool registered = installed;
    if (registered)
        LIST_INSERT_HEAD(&pools, pool, of_process);
    pthread_mutex_unlock(&pools_lock);
    return registered || pqpool_fail(error, PQPOOL_FAILURE_MEMORY, "out of memory");
}

void pqpool_fork_unregister(struct pqpool *pool)
{
    pthread_mutex_lock(&pools_lock);
    if (pool->of_process.le_prev) // it was registered
        LIST_REMOVE(pool, of_process);
    pthread_mutex_unlock(&pools_lock);
}
