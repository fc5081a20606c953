// Threads that check out and in as fast as they can, or with a hold between, until the time is over.
#include "threads.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#define BATCH 64 // cycles between two looks at the end

static void run_cycle(struct bench_worker *worker)
{
    const struct bench_run *run = worker->run;
    while (!atomic_load_explicit(&run->over, memory_order_relaxed)) {
        for (int i = 0; i < BATCH; i++)
            run->checkin(run->pool, run->checkout(run->pool));
        worker->cycles += BATCH;
    }
}

static void *run_worker(void *argument)
{
    struct bench_worker *worker = argument;
    prctl(PR_SET_TIMERSLACK, 1UL); // or a hold of 20 us takes 70
    pthread_barrier_wait(&worker->run->start);
    worker->begin_us = pqpool_now_us();
    if (worker->run->task.time_waits)
        bench_cycle_timed(worker);
    else
        run_cycle(worker);
    worker->end_us = pqpool_now_us();
    return NULL;
}

// Not by the clock of the thread that started them: where processors are few, they may be done with much of
// it before that one runs again.
static void sum_up_cycles(const struct bench_run *run, struct bench_result *result)
{
    int64_t begin_us = INT64_MAX, end_us = 0;
    for (unsigned i = 0; i < run->task.threads; i++) {
        const struct bench_worker *worker = &run->workers[i];
        result->cycles += worker->cycles;
        begin_us = worker->begin_us < begin_us ? worker->begin_us : begin_us;
        end_us = worker->end_us > end_us ? worker->end_us : end_us;
    }
    result->elapsed_us = end_us - begin_us;
}

static bool start_workers(struct bench_run *run)
{
    pthread_barrier_init(&run->start, NULL, run->task.threads + 1);
    for (unsigned i = 0; i < run->task.threads; i++) {
        struct bench_worker *worker = &run->workers[i];
        worker->run = run;
        if ((run->task.time_waits && !bench_waits_begin(worker)) ||
            pthread_create(&worker->thread, NULL, run_worker, worker) != 0)
            return false;
    }
    return true;
}

bool bench_run_threads(void *pool, bench_checkout *checkout, bench_checkin *checkin, bench_identify *identify,
    const struct bench_task *task, struct bench_result *result)
{
    struct bench_run *run = task->threads <= BENCH_MOST_THREADS ? aligned_alloc(PQPOOL_LINE, sizeof *run)
                                                                : NULL;
    if (!run)
        return false;
    memset(run, 0, sizeof *run);
    run->pool = pool;
    run->checkout = checkout;
    run->checkin = checkin;
    run->identify = identify;
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
        bench_sum_up_waits(run, result);
    for (unsigned i = 0; i < task->threads; i++)
        bench_waits_end(&run->workers[i]);
    pthread_barrier_destroy(&run->start);
    free(run);
    return true;
}
