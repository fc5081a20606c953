// What the threads of one measurement share, and what each of them counts.
#ifndef THREADS_H
#define THREADS_H

#include "bench.h"
#include "pqpool_types.h"

#include <pthread.h>
#include <stdatomic.h>

#define BENCH_MOST_THREADS 256
#define BENCH_MOST_SIZE    64

struct bench_moment {
    int64_t us;
    uint64_t turns; // that had begun
};

// Of the checkout under way; queueing.c's.
struct bench_queueing {
    _Atomic(const struct pqpool_waiter *) waiter; // NULL: it does not stand in the queue
    struct bench_moment since;                    // us 0: neither there nor before the lock
    struct bench_moment given;                    // us 0: not yet. Written with the pool locked
};

struct bench_worker {
    pthread_t thread;
    struct bench_run *run;
    uint64_t cycles;
    int64_t begin_us, end_us;
    uint32_t *waits_us; // of the first `timed` cycles
    size_t timed;
    int64_t hold_us, longest_hold_us;
    struct bench_longest wait;
    struct bench_queueing queueing;
    uint64_t queued;
    struct bench_longest in_queue;
    char padding[PQPOOL_LINE];
};

// Who had a connection last. Only who has it now may look, but for finding it.
struct bench_owner {
    _Alignas(PQPOOL_LINE) _Atomic(void *) connection;
    const struct bench_worker *worker;
};

struct bench_run {
    void *pool;
    bench_checkout *checkout;
    bench_checkin *checkin;
    bench_identify *identify;
    struct bench_task task;
    pthread_barrier_t start;
    _Alignas(PQPOOL_LINE) atomic_bool over;
    _Alignas(PQPOOL_LINE) atomic_uint_fast64_t turns;
    struct bench_owner owners[BENCH_MOST_SIZE];
    struct bench_worker workers[BENCH_MOST_THREADS];
};

static inline void bench_keep_longest(struct bench_longest *longest, struct bench_longest now)
{
    if (now.us > longest->us)
        longest->us = now.us;
    if (now.turns > longest->turns)
        longest->turns = now.turns;
}

// waits.c
bool bench_waits_begin(struct bench_worker *worker);
void bench_cycle_timed(struct bench_worker *worker);
void bench_sum_up_waits(const struct bench_run *run, struct bench_result *result);
void bench_waits_end(struct bench_worker *worker);

// queueing.c. From now on the calling thread is watched.
void bench_watch_queueing(struct bench_worker *worker);
void bench_begin_queueing(struct bench_worker *worker);
void bench_end_queueing(struct bench_worker *worker);

#endif
