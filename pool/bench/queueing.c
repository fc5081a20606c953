// The part of a wait that is the queue's: from standing before the pool's lock, or from being enqueued where
// the lock was free, until a place is given. Before and after it a thread has no processor, for which no pool
// can do anything. pqpool is not asked but watched: the Makefile links this program with --wrap for what the
// moments are taken from. measure_pqpool looks whether all of its waits were seen.
#include "threads.h"

static _Thread_local struct bench_worker *self; // NULL: nobody is to be watched

void bench_watch_queueing(struct bench_worker *worker)
{
    self = worker;
}

static struct bench_moment now(const struct bench_run *run)
{
    return (struct bench_moment){pqpool_now_us(), atomic_load_explicit(&run->turns, memory_order_relaxed)};
}

// The first time counts: one checkout may take the lock more than once.
static void begin_wait(void)
{
    if (self && self->queueing.since.us == 0)
        self->queueing.since = now(self->run);
}

int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    if (self && pthread_mutex_trylock(mutex) == 0)
        return 0;
    begin_wait();
    return __real_pthread_mutex_lock(mutex);
}

struct pqpool_waiter *__real_pqpool_enqueue(struct pqpool *pool, struct pqpool_waiter *on_stack);
struct pqpool_waiter *__wrap_pqpool_enqueue(struct pqpool *pool, struct pqpool_waiter *on_stack);
struct pqpool_waiter *__wrap_pqpool_enqueue(struct pqpool *pool, struct pqpool_waiter *on_stack)
{
    begin_wait();
    struct pqpool_waiter *waiter = __real_pqpool_enqueue(pool, on_stack);
    if (self)
        atomic_store_explicit(&self->queueing.waiter, waiter, memory_order_relaxed);
    return waiter;
}

static struct bench_worker *worker_of(struct bench_run *run, const struct pqpool_waiter *waiter)
{
    for (struct bench_worker *worker = run->workers; worker < run->workers + run->task.threads; worker++)
        if (atomic_load_explicit(&worker->queueing.waiter, memory_order_relaxed) == waiter)
            return worker;
    return NULL;
}

void __real_pqpool_wake(struct pqpool *pool, struct pqpool_waiter *waiter);
void __wrap_pqpool_wake(struct pqpool *pool, struct pqpool_waiter *waiter);
void __wrap_pqpool_wake(struct pqpool *pool, struct pqpool_waiter *waiter)
{
    struct bench_worker *worker = self && waiter->given ? worker_of(self->run, waiter) : NULL;
    if (worker) {
        worker->queueing.given = now(self->run);
        atomic_store_explicit(&worker->queueing.waiter, NULL, memory_order_relaxed); // another's from now on
    }
    __real_pqpool_wake(pool, waiter);
}

void bench_begin_queueing(struct bench_worker *worker)
{
    worker->queueing.since.us = worker->queueing.given.us = 0; // a checkin may have stood before the lock
}

void bench_end_queueing(struct bench_worker *worker)
{
    struct bench_queueing *queueing = &worker->queueing;
    if (queueing->since.us == 0)
        return;
    if (queueing->given.us == 0) // it stood before the lock only
        queueing->given = now(worker->run);
    else
        worker->queued++;
    bench_keep_longest(
        &worker->in_queue, (struct bench_longest){(double)(queueing->given.us - queueing->since.us),
                               queueing->given.turns - queueing->since.turns});
}
