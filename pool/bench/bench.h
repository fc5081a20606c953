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

enum { BENCH_HOLDS = 3 };
extern const int bench_holds_us[BENCH_HOLDS];

// Held shorter, it was not held for a server's answer: pools may let a thread go on for a while.
#define BENCH_BRIEF_US 20

// Of many waits: each by itself the most.
struct bench_longest {
    double us;
    uint64_t turns; // of others that began meanwhile
};

struct bench_result {
    uint64_t cycles;
    int64_t elapsed_us;
    // only with time_waits; see waits.c
    double mean_wait_us, p99_wait_us, mean_turn_us;
    double longest_hold_us; // 0: not known
    struct bench_longest wait;
    // only of contenders that are served in turn; see queueing.c
    uint64_t queued; // so many waits
    struct bench_longest in_queue;
};

struct contender {
    const char *name;
    char version[128];
    const char *conninfo;
    void *pool;
    bool in_turn;        // promises that whoever comes first is served first
    bool shares_nothing; // what its threads wait for is a processor
    // False: said why on stderr.
    bool (*open)(struct contender *contender, unsigned size);
    bool (*measure)(struct contender *contender, const struct bench_task *task, struct bench_result *result);
    void (*close)(struct contender *contender);
};

// contenders.c: pools of this process
extern struct contender pqpool_lifo, pqpool_fifo, pqpool_idle_ping, mutex_list, no_pool;

// hikari.c: a Java program, which is started by the first `open` and ended by bench_end_hikari. Without a
// warm-up it measures nothing but waits.
extern struct contender hikari;
extern bool bench_warms_hikari_up;
void bench_end_hikari(void);

// threads.c. A connection is never NULL.
typedef void *bench_checkout(void *pool);
typedef void bench_checkin(void *pool, void *connection);
// Of what a checkout returned: the same each time that it is the same connection. NULL: what it returned is.
typedef void *bench_identify(const void *connection);

bool bench_run_threads(void *pool, bench_checkout *checkout, bench_checkin *checkin, bench_identify *identify,
    const struct bench_task *task, struct bench_result *result);

// One measurement of the contenders, of each the best of its rounds.
struct bench_row {
    struct bench_task task;
    struct bench_result *results; // of each contender
};

struct bench_report {
    const char *title;
    struct contender *const *contenders;
    unsigned contenders_count;
    struct bench_row rows[128];
    unsigned rows_count;
};

// fair_share.c, of measurements with time_waits. So many times the fair share is still fair.
#define BENCH_FAIR 2.0
double bench_turns_over_fair(const struct bench_task *task, const struct bench_longest *longest);
double bench_wait_over_fair(
    const struct bench_task *task, const struct bench_result *result, const struct bench_longest *longest);
// In each row, of each contender that promises it: whole waits, by the clock and in turns, and turns in the
// queue.
bool bench_waits_are_fair(const struct bench_report *report);

// host.c. So much of the processors' time the host took away since the last call, or since the start of the
// machine. 0, too, where the kernel does not know.
double bench_stolen_percent(void);

// report.c: as Markdown, with the tables for which there are rows.
bool bench_write_report(const struct bench_report *report, const char *path);

#endif
