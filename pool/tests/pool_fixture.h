// A pool for a test, and what happened in it as one line of text.
#ifndef POOL_FIXTURE_H
#define POOL_FIXTURE_H

#include "postgres_fixture.h"
#include "pqpool.h"

#include <pthread.h>

struct pool_history {
    char text[8192]; // "0 checkout, 0 connected, ": place and reason of every move
};

struct pqpool *pool_open(
    const struct postgres *server, struct pqpool_options options, struct pool_history *history);
// Compares, and clears it.
void pool_assert_history(struct pool_history *history, const char *expected);

// Neither may fail.
struct pqpool_connection *pool_checkout(struct pqpool *pool);
// The same for tests that look inside: the place, which its handle of the moment stands for.
struct pqpool_place;
struct pqpool_place *pool_checkout_place(struct pqpool *pool);
void pool_checkin_place(struct pqpool_place *place);
struct pqpool_place *pool_place(const struct pqpool_connection *connection); // that is checked out
struct pqpool_connection *pool_handle(const struct pqpool_place *place);     // its last
// A thread that checks out and in once, and says how it went. Its argument is a pool_caller.
struct pool_caller {
    struct pqpool *pool;
    enum pqpool_failure failure;
};
void *pool_call(void *argument);
// With a checkout that waits for long, but not for ever.
struct pqpool *pool_open_patient(const struct postgres *server, unsigned size, enum pqpool_order order);
struct pool_arrival {
    struct pool_caller caller;
    pthread_t thread;
};
void pool_arrive(struct pool_arrival *arrival, struct pqpool *pool);
// The first in the queue, who is to get a place however it becomes free.
void pool_enqueue(struct pool_arrival *arrival, struct pqpool *pool);
void pool_must_have_been_served(struct pool_arrival *arrival);      // the end of the pool, too
void pool_check_in_elsewhere(struct pqpool_connection *connection); // in another thread
#define POOL_HOUR_US INT64_C(3600000000)

// Opens a session in each of the first `count` places, in their order.
void pool_warm_up(struct pqpool *pool, unsigned count);

int pool_backend(const struct pqpool_connection *connection);
bool pool_is_alive(PGconn *pgconn); // it answers a question
// Waits until so many places are in the state, or so many checkouts in the queue.
void pool_wait_for_places(struct pqpool *pool, enum pqpool_state state, unsigned count);
void pool_wait_for_waiting(struct pqpool *pool, unsigned count);
// A socket of the loopback that accepts at the TCP level and never says a word.
int pool_listen(int *port);
int64_t pool_now_ms(void);
int pool_count_descriptors(void);

#endif
