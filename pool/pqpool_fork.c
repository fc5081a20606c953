// fork: a child inherits the parent's sockets. One word on them, even a good-bye, would end the parent's TLS
// sessions. The child's copy of a pool forgets them, and starts with none of its own.
#include "pqpool_private.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t pools_lock = PTHREAD_MUTEX_INITIALIZER;
static LIST_HEAD(, pqpool) pools = LIST_HEAD_INITIALIZER(pools);
static pthread_once_t once = PTHREAD_ONCE_INIT;

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

// The memory of the session is left alone: some thread that is not there may have been at work in libpq or
// OpenSSL, with a lock of theirs held. A caller may still know the connection: it finds a socket that is
// none.
static void let_go(const struct pqpool_connection *connection, int nothing)
{
    bool has_socket = connection->state != PQPOOL_CLOSED && connection->state != PQPOOL_CLOSING;
    int socket = has_socket ? PQsocket(connection->pgconn) : -1;
    if (socket >= 0 && nothing >= 0)
        dup3(nothing, socket, O_CLOEXEC);
}

static void after_fork_in_child(void)
{
    struct pqpool *pool;
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    LIST_FOREACH (pool, &pools, of_process) {
        for (unsigned i = 0; i < pool->places; i++)
            let_go(&pool->connections[i], nothing);
        pqpool_begin_anew(pool);
        pthread_mutex_unlock(&pool->lock);
    }
    if (nothing >= 0)
        close(nothing);
    pthread_mutex_unlock(&pools_lock);
}

static void install(void)
{
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

void pqpool_remember_at_fork(struct pqpool *pool)
{
    pthread_once(&once, install);
    pthread_mutex_lock(&pools_lock);
    LIST_INSERT_HEAD(&pools, pool, of_process);
    pthread_mutex_unlock(&pools_lock);
}

void pqpool_forget_at_fork(struct pqpool *pool)
{
    pthread_mutex_lock(&pools_lock);
    LIST_REMOVE(pool, of_process);
    pthread_mutex_unlock(&pools_lock);
}
