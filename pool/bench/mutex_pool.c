// What people write by hand: a mutex, a condition and a stack.
#include "mutex_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct mutex_pool {
    pthread_mutex_t lock;
    pthread_cond_t returned;
    unsigned count;
    void *connections[];
};

struct mutex_pool *mutex_pool_new(void **connections, unsigned count)
{
    struct mutex_pool *pool = malloc(sizeof *pool + count * sizeof *connections);
    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->returned, NULL);
    pool->count = count;
    memcpy(pool->connections, connections, count * sizeof *connections);
    return pool;
}

void mutex_pool_free(struct mutex_pool *pool)
{
    if (!pool)
        return;
    pthread_cond_destroy(&pool->returned);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

void *mutex_pool_checkout(struct mutex_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->count == 0)
        pthread_cond_wait(&pool->returned, &pool->lock);
    void *connection = pool->connections[--pool->count];
    pthread_mutex_unlock(&pool->lock);
    return connection;
}

void mutex_pool_checkin(struct mutex_pool *pool, void *connection)
{
    pthread_mutex_lock(&pool->lock);
    pool->connections[pool->count++] = connection;
    pthread_cond_signal(&pool->returned);
    pthread_mutex_unlock(&pool->lock);
}
