// What people write by hand: a mutex, a condition and a stack.
#ifndef MUTEX_POOL_H
#define MUTEX_POOL_H

struct mutex_pool;

struct mutex_pool *mutex_pool_new(void **connections, unsigned count); // copied; NULL: no memory
void mutex_pool_free(struct mutex_pool *pool);
void *mutex_pool_checkout(struct mutex_pool *pool);
void mutex_pool_checkin(struct mutex_pool *pool, void *connection);

#endif
