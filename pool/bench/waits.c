// Waits: how long a checkout takes, and how many turns of others pass meanwhile. A turn is a hold or, where
// holds are brief, all that one thread does with a connection before another has it. What other programs do
// to the machine makes a wait longer, but nobody can be overtaken more often for it while he stands in a
// queue.
#include "threads.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_TIMED  (1U << 19)
#define PER_MILLE99 0.99

bool bench_waits_begin(struct bench_worker *worker)
{
    worker->waits_us = malloc(MOST_TIMED * sizeof *worker->waits_us);
    return worker->waits_us != NULL;
}

void bench_waits_end(struct bench_worker *worker)
{
    free(worker->waits_us);
}

static void hold(int hold_us)
{
    struct timespec left = {.tv_nsec = hold_us * 1000L};
    if (hold_us > 0)
        nanosleep(&left, NULL);
}

// Each connection is found, or entered, by the one who has it.
static struct bench_owner *owner_of(struct bench_run *run, void *connection)
{
    for (struct bench_owner *owner = run->owners; owner < run->owners + BENCH_MOST_SIZE; owner++) {
        void *there = atomic_load_explicit(&owner->connection, memory_order_relaxed);
        if (there == connection ||
            (!there && atomic_compare_exchange_strong(&owner->connection, &there, connection)))
            return owner;
    }
    abort(); // a pool with more connections than it was asked for
}

// Returns how many of others began since.
static uint64_t count_turn(struct bench_worker *worker, void *connection, uint64_t turns_before)
{
    struct bench_run *run = worker->run;
    struct bench_owner *owner = owner_of(run, run->identify ? run->identify(connection) : connection);
    if (run->task.hold_us < BENCH_BRIEF_US && owner->worker == worker)
        return 0;
    owner->worker = worker;
    return atomic_fetch_add_explicit(&run->turns, 1, memory_order_relaxed) - turns_before;
}

void bench_cycle_timed(struct bench_worker *worker)
{
    struct bench_run *run = worker->run;
    bench_watch_queueing(worker);
    int64_t before_us = pqpool_now_us();
    uint64_t turns_before = atomic_load_explicit(&run->turns, memory_order_relaxed);
    while (!atomic_load_explicit(&run->over, memory_order_relaxed)) {
        bench_begin_queueing(worker);
        void *connection = run->checkout(run->pool);
        int64_t got_us = pqpool_now_us(), waited_us = got_us - before_us;
        bench_end_queueing(worker);
        bench_keep_longest(&worker->wait,
            (struct bench_longest){(double)waited_us, count_turn(worker, connection, turns_before)});
        hold(run->task.hold_us);
        before_us = run->task.hold_us > 0 ? pqpool_now_us() : got_us;
        turns_before = atomic_load_explicit(&run->turns, memory_order_relaxed);
        run->checkin(run->pool, connection);
        worker->hold_us += before_us - got_us;
        if (before_us - got_us > worker->longest_hold_us)
            worker->longest_hold_us = before_us - got_us;
        worker->cycles++;
        if (worker->timed < MOST_TIMED)
            worker->waits_us[worker->timed++] = (uint32_t)waited_us;
    }
}

static int by_size(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

// All that were timed. The caller frees it; NULL: no memory.
static uint32_t *gather(const struct bench_run *run, size_t *count)
{
    *count = 0;
    for (unsigned i = 0; i < run->task.threads; i++)
        *count += run->workers[i].timed;
    uint32_t *all = malloc((*count + 1) * sizeof *all), *end = all;
    for (unsigned i = 0; i < run->task.threads && all; i++) {
        const struct bench_worker *worker = &run->workers[i];
        memcpy(end, worker->waits_us, worker->timed * sizeof *all);
        end += worker->timed;
    }
    return all;
}

static void sum_up_turns(const struct bench_run *run, struct bench_result *result)
{
    double hold_us = 0;
    for (unsigned i = 0; i < run->task.threads; i++) {
        const struct bench_worker *worker = &run->workers[i];
        hold_us += (double)worker->hold_us;
        if ((double)worker->longest_hold_us > result->longest_hold_us)
            result->longest_hold_us = (double)worker->longest_hold_us;
        bench_keep_longest(&result->wait, worker->wait);
        bench_keep_longest(&result->in_queue, worker->in_queue);
        result->queued += worker->queued;
    }
    // Held briefly: from one owner to the next. All connections are in somebody's turn all the time.
    result->mean_turn_us = run->task.hold_us >= BENCH_BRIEF_US
                               ? hold_us / (double)result->cycles
                               : (double)result->elapsed_us * run->task.size / (double)run->turns;
}

void bench_sum_up_waits(const struct bench_run *run, struct bench_result *result)
{
    size_t count;
    uint32_t *all = gather(run, &count);
    if (all && count > 0) {
        double sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += all[i];
        qsort(all, count, sizeof *all, by_size);
        result->mean_wait_us = sum / (double)count;
        result->p99_wait_us = all[(size_t)((double)(count - 1) * PER_MILLE99)];
    }
    free(all);
    sum_up_turns(run, result);
}
