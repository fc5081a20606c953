// What pqpool_bench compares, and what it measures of each.
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>

struct bench_task {
    unsigned threads, size;
    int duration_ms;
    int hold_us;     // 0: gives back at once
    bool time_waits; // read the clock around every checkout
};

struct bench_result {
    uint64_t cycles;
    int64_t elapsed_us;
    // only with time_waits; see waits.c
    double mean_wait_us, p99_wait_us, max_wait_us, mean_turn_us;
    uint64_t most_turns; // of others, while one waited
};

struct contender {
    const char *name;
    char version[128];
    const char *conninfo;
    void *pool;
    bool shares_nothing; // what its threads wait for is a processor
    // False: said why on stderr.
    bool (*open)(struct contender *contender, unsigned size);
    bool (*measure)(struct contender *contender, const struct bench_task *task, struct bench_result *result);
    void (*close)(struct contender *contender);
};

// contenders.c: pools of this process
extern struct contender pqpool_lifo, pqpool_fifo, pqpool_idle_ping, mutex_list, no_pool;

// hikari.c: a Java program, which is started by the first `open` and ended by bench_end_hikari.
extern struct contender hikari;
void bench_end_hikari(void);

// threads.c. A connection is never NULL.
typedef void *bench_checkout(void *pool);
typedef void bench_checkin(void *pool, void *connection);

bool bench_run_threads(void *pool, bench_checkout *checkout, bench_checkin *checkin,
    const struct bench_task *task, struct bench_result *result);

// report.c: one measurement of a contender, the best of its rounds, as Markdown.
struct bench_row {
    struct bench_task task;
    struct bench_result *results; // of each contender
};

struct bench_report {
    struct contender *const *contenders;
    unsigned contenders_count;
    struct bench_row rows[128];
    unsigned rows_count;
};

bool bench_write_report(const struct bench_report *report, const char *path);

#endif
