// fork: a child inherits the parent's sockets. One word on them, even a good-bye, would end the parent's TLS
// sessions. The child's copy of a pool forgets them, and starts with none of its own.
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

// What other threads do with a pool is finished or not begun in the child, never half done.
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

// Not /dev/null: there may be no /dev. It is ready to be read all the time, so that who waits for an answer
// finds out.
static int open_placeholder(void)
{
    return eventfd(1, EFD_CLOEXEC);
}

static void replace_socket(int socket, int placeholder)
{
    while (dup3(placeholder, socket, O_CLOEXEC) < 0 && errno == EINTR) {
    }
}

// The memory of the session is left alone: some thread that is not there may have been at work in libpq or
// OpenSSL, with a lock of theirs held. A caller may still know the connection: it finds a socket that is
// none.
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
    close(socket); // no descriptor was left, and now there is one: this, if none below it is free
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
    bool remembered = installed;
    if (remembered)
        LIST_INSERT_HEAD(&pools, pool, of_process);
    pthread_mutex_unlock(&pools_lock);
    return remembered || pqpool_fail(error, PQPOOL_FAILURE_MEMORY, "out of memory");
}

void pqpool_fork_unregister(struct pqpool *pool)
{
    pthread_mutex_lock(&pools_lock);
    if (pool->of_process.le_prev) // it was remembered
        LIST_REMOVE(pool, of_process);
    pthread_mutex_unlock(&pools_lock);
}
