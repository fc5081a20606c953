// Threads that check out and in as fast as they can, or with a hold between, until the time is over.
#include "bench.h"
#include "pqpool_private.h"

#include <stdlib.h>
#include <string.h>

#define BATCH       64 // cycles between two looks at the end
#define MOST_TIMED  (1U << 19)
#define MOST        256
#define PER_MILLE99 0.99

struct worker {
    pthread_t thread;
    struct run *run;
    uint64_t cycles;
    int64_t begin_us, end_us;
    uint32_t *waits_us; // the first `timed` cycles
    size_t timed;
    int64_t max_wait_us, hold_us;
    char padding[PQPOOL_LINE];
};

struct run {
    void *pool;
    bench_checkout *checkout;
    bench_checkin *checkin;
    struct bench_task task;
    pthread_barrier_t start;
    _Alignas(PQPOOL_LINE) atomic_bool over;
    struct worker workers[MOST];
};

static void cycle(struct worker *worker)
{
    const struct run *run = worker->run;
    while (!atomic_load_explicit(&run->over, memory_order_relaxed)) {
        for (int i = 0; i < BATCH; i++)
            run->checkin(run->pool, run->checkout(run->pool));
        worker->cycles += BATCH;
    }
}

static void hold(int hold_us)
{
    struct timespec left = {.tv_nsec = hold_us * 1000L};
    if (hold_us > 0)
        nanosleep(&left, NULL);
}

static void cycle_timed(struct worker *worker)
{
    const struct run *run = worker->run;
    int64_t before_us = pqpool_now_us();
    while (!atomic_load_explicit(&run->over, memory_order_relaxed)) {
        void *connection = run->checkout(run->pool);
        int64_t got_us = pqpool_now_us(), waited_us = got_us - before_us;
        hold(run->task.hold_us);
        before_us = run->task.hold_us > 0 ? pqpool_now_us() : got_us;
        run->checkin(run->pool, connection);
        worker->hold_us += before_us - got_us;
        worker->cycles++;
        if (waited_us > worker->max_wait_us)
            worker->max_wait_us = waited_us;
        if (worker->timed < MOST_TIMED)
            worker->waits_us[worker->timed++] = (uint32_t)waited_us;
    }
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    pthread_barrier_wait(&worker->run->start);
    worker->begin_us = pqpool_now_us();
    if (worker->run->task.time_waits)
        cycle_timed(worker);
    else
        cycle(worker);
    worker->end_us = pqpool_now_us();
    return NULL;
}

static int by_size(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void sum_up_waits(const struct run *run, struct bench_result *result)
{
    size_t count = 0;
    double hold_us = 0;
    for (unsigned i = 0; i < run->task.threads; i++)
        count += run->workers[i].timed;
    uint32_t *all = malloc((count + 1) * sizeof *all);
    count = 0;
    for (unsigned i = 0; i < run->task.threads && all; i++) {
        const struct worker *worker = &run->workers[i];
        memcpy(all + count, worker->waits_us, worker->timed * sizeof *all);
        count += worker->timed;
        hold_us += (double)worker->hold_us;
        if ((double)worker->max_wait_us > result->max_wait_us)
            result->max_wait_us = (double)worker->max_wait_us;
    }
    if (all && count > 0) {
        double sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += all[i];
        qsort(all, count, sizeof *all, by_size);
        result->mean_wait_us = sum / (double)count;
        result->p99_wait_us = all[(size_t)((double)(count - 1) * PER_MILLE99)];
        result->mean_hold_us = hold_us / (double)result->cycles;
    }
    free(all);
}

// Not by the clock of the thread that started them: where processors are few, they may be done with much of
// it before that one runs again.
static void sum_up_cycles(const struct run *run, struct bench_result *result)
{
    int64_t begin_us = INT64_MAX, end_us = 0;
    for (unsigned i = 0; i < run->task.threads; i++) {
        const struct worker *worker = &run->workers[i];
        result->cycles += worker->cycles;
        begin_us = worker->begin_us < begin_us ? worker->begin_us : begin_us;
        end_us = worker->end_us > end_us ? worker->end_us : end_us;
    }
    result->elapsed_us = end_us - begin_us;
}

static bool start_workers(struct run *run)
{
    pthread_barrier_init(&run->start, NULL, run->task.threads + 1);
    for (unsigned i = 0; i < run->task.threads; i++) {
        struct worker *worker = &run->workers[i];
        worker->run = run;
        worker->waits_us = run->task.time_waits ? malloc(MOST_TIMED * sizeof *worker->waits_us) : NULL;
        if ((run->task.time_waits && !worker->waits_us) ||
            pthread_create(&worker->thread, NULL, work, worker) != 0)
            return false;
    }
    return true;
}

bool bench_run_threads(void *pool, bench_checkout *checkout, bench_checkin *checkin,
    const struct bench_task *task, struct bench_result *result)
{
    struct run *run = task->threads <= MOST ? aligned_alloc(PQPOOL_LINE, sizeof *run) : NULL;
    if (!run)
        return false;
    memset(run, 0, sizeof *run);
    run->pool = pool;
    run->checkout = checkout;
    run->checkin = checkin;
    run->task = *task;
    if (!start_workers(run))
        abort(); // the others stand at the barrier
    pthread_barrier_wait(&run->start);
    nanosleep(&(struct timespec){task->duration_ms / 1000, task->duration_ms % 1000 * 1000000L}, NULL);
    run->over = true;
    for (unsigned i = 0; i < task->threads; i++)
        pthread_join(run->workers[i].thread, NULL);
    *result = (struct bench_result){.cycles = 0};
    sum_up_cycles(run, result);
    if (task->time_waits)
        sum_up_waits(run, result);
    for (unsigned i = 0; i < task->threads; i++)
        free(run->workers[i].waits_us);
    pthread_barrier_destroy(&run->start);
    free(run);
    return true;
}
