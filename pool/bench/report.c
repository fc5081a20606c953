// What was measured, as Markdown tables.
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define NS_PER_US 1000.0

static double cycle_ns(const struct bench_result *result)
{
    return (double)result->elapsed_us * NS_PER_US / (double)result->cycles;
}

static const struct bench_result *result_of(
    const struct bench_report *report, const struct bench_row *row, const char *name)
{
    for (unsigned i = 0; i < report->contenders_count; i++)
        if (strcmp(report->contenders[i]->name, name) == 0)
            return &row->results[i];
    return NULL;
}

static void write_ratio(FILE *file, const struct bench_result *other, const struct bench_result *own)
{
    if (other && own)
        fprintf(file, " %.1f |", cycle_ns(other) / cycle_ns(own));
    else
        fprintf(file, " - |");
}

static void write_head(const struct bench_report *report, FILE *file, const char *last)
{
    fprintf(file, "| threads | size |");
    for (unsigned i = 0; i < report->contenders_count; i++)
        fprintf(file, " %s |", report->contenders[i]->name);
    fprintf(file, "%s\n|--:|--:|", last);
    for (unsigned i = 0; i < report->contenders_count; i++)
        fprintf(file, "--:|");
    for (const char *bar = strchr(last, '|'); bar; bar = strchr(bar + 1, '|'))
        fprintf(file, "--:|");
    fprintf(file, "\n");
}

static void write_cycles(const struct bench_report *report, FILE *file)
{
    fprintf(file,
        "\n## Nanoseconds for a checkout and its checkin, all threads together\n\n"
        "Best of all rounds. The last columns: so many times as many cycles a second as the other.\n\n");
    write_head(report, file, " pqpool : hikaricp | idle-ping : hikaricp | pqpool : mutex-list |");
    for (unsigned n = 0; n < report->rows_count; n++) {
        const struct bench_row *row = &report->rows[n];
        if (row->task.time_waits)
            continue;
        fprintf(file, "| %u | %u |", row->task.threads, row->task.size);
        for (unsigned i = 0; i < report->contenders_count; i++)
            fprintf(file, " %.0f |", cycle_ns(&row->results[i]));
        const struct bench_result *own = result_of(report, row, "pqpool");
        write_ratio(file, result_of(report, row, "hikaricp"), own);
        write_ratio(file, result_of(report, row, "hikaricp"), result_of(report, row, "pqpool-idle-ping"));
        write_ratio(file, result_of(report, row, "mutex-list"), own);
        fprintf(file, "\n");
    }
}

static void write_wait(FILE *file, const struct bench_task *task, const struct bench_result *result,
    const struct contender *contender)
{
    fprintf(file, " %.0f / %.0f / %.0f", result->mean_wait_us, result->p99_wait_us, result->wait.us);
    if (!contender->shares_nothing)
        fprintf(file, " (%.2f, %.2f", bench_turns_over_fair(task, &result->wait),
            bench_wait_over_fair(task, result, &result->wait));
    if (contender->in_turn)
        fprintf(file, "; %.2f, %.2f", bench_turns_over_fair(task, &result->in_queue),
            bench_wait_over_fair(task, result, &result->in_queue));
    if (!contender->shares_nothing)
        fprintf(file, ")");
    if (result->longest_hold_us > 0)
        fprintf(file, " %.0f", result->longest_hold_us);
    fprintf(file, " |");
}

static bool is_of(const struct bench_row *row, int hold_us)
{
    return row->task.time_waits && row->task.hold_us == hold_us;
}

// How many rows are within the fair share.
struct within {
    unsigned rows, turns, waits, queue_turns, queue_waits;
};

static struct within count_within(const struct bench_report *report, unsigned contender, int hold_us)
{
    struct within within = {.rows = 0};
    for (const struct bench_row *row = report->rows; row < report->rows + report->rows_count; row++) {
        if (!is_of(row, hold_us))
            continue;
        const struct bench_result *result = &row->results[contender];
        within.rows++;
        within.turns += bench_turns_over_fair(&row->task, &result->wait) <= BENCH_FAIR;
        within.waits += bench_wait_over_fair(&row->task, result, &result->wait) <= BENCH_FAIR;
        within.queue_turns += bench_turns_over_fair(&row->task, &result->in_queue) <= BENCH_FAIR;
        within.queue_waits += bench_wait_over_fair(&row->task, result, &result->in_queue) <= BENCH_FAIR;
    }
    return within;
}

static void write_within(const struct bench_report *report, FILE *file, int hold_us)
{
    fprintf(file, "| within | %.0f |", BENCH_FAIR);
    for (unsigned i = 0; i < report->contenders_count; i++) {
        struct within within = count_within(report, i, hold_us);
        if (!report->contenders[i]->shares_nothing)
            fprintf(file, " turns %u, waits %u of %u", within.turns, within.waits, within.rows);
        if (report->contenders[i]->in_turn)
            fprintf(file, "; in the queue %u, %u", within.queue_turns, within.queue_waits);
        fprintf(file, " |");
    }
    fprintf(file, "\n");
}

static void write_waits(const struct bench_report *report, FILE *file, int hold_us)
{
    write_head(report, file, "");
    for (unsigned n = 0; n < report->rows_count; n++) {
        const struct bench_row *row = &report->rows[n];
        if (!is_of(row, hold_us))
            continue;
        fprintf(file, "| %u | %u |", row->task.threads, row->task.size);
        for (unsigned i = 0; i < report->contenders_count; i++)
            write_wait(file, &row->task, &row->results[i], report->contenders[i]);
        fprintf(file, "\n");
    }
    write_within(report, file, hold_us);
}

static bool has(const struct bench_report *report, bool time_waits, int hold_us)
{
    for (const struct bench_row *row = report->rows; row < report->rows + report->rows_count; row++)
        if (row->task.time_waits == time_waits && row->task.hold_us == hold_us)
            return true;
    return false;
}

static void write_held_waits(const struct bench_report *report, FILE *file)
{
    fprintf(file,
        "\n"
        "Waits: mean / 99th percentile / longest, in microseconds. In brackets, in fair shares: the most turns of others that passed while one waited, over threads - size; and the longest wait, over (threads - size) / size x the mean turn. A turn is a hold; where holds are shorter than %d us, all that one thread does with a connection before another has it. The same two follow for the part of the wait that is the queue's: from standing before the pool's lock, or in its queue, until a place is given. Before and after it a thread has no processor. Only pqpool can be watched so. Turns in the queue are the pool's doing; a time by the clock is the machine's as well, where a turn took longer because its thread had no processor: the longest hold comes last, where it is known. (Java's threads sleep up to 50 us longer than the hold, the kernel's timer slack; the others do not.) The last line counts the rows with at most %.0f.\n",
        BENCH_BRIEF_US, BENCH_FAIR);
    for (int i = 0; i < BENCH_HOLDS; i++)
        if (has(report, true, bench_holds_us[i])) {
            fprintf(file, "\n## Waits with a hold of %d us\n\n", bench_holds_us[i]);
            write_waits(report, file, bench_holds_us[i]);
        }
}

static void write_waits_without_hold(const struct bench_report *report, FILE *file)
{
    fprintf(file,
        "\n## Waits without a hold\n\n"
        "As above; a turn is here all that one thread does with a connection before another has it. "
        "All threads compute all the time, and wait for a processor where there are more of them: no-pool says how long.\n\n");
    write_waits(report, file, 0);
}

bool bench_write_report(const struct bench_report *report, const char *path)
{
    FILE *file = path ? fopen(path, "we") : stdout;
    struct utsname system;
    if (!file || uname(&system) != 0)
        return false;
    fprintf(file,
        "# %s\n\nMade by `make bench`. %ld processors, Linux %s; the host took %.1f %% of their time away.",
        report->title, sysconf(_SC_NPROCESSORS_ONLN), system.release, bench_stolen_percent());
    for (unsigned i = 0; i < report->contenders_count; i++)
        fprintf(file, "\n%s: %s.", report->contenders[i]->name, report->contenders[i]->version);
    fprintf(file, "\n");
    if (has(report, false, 0))
        write_cycles(report, file);
    write_held_waits(report, file);
    if (has(report, true, 0))
        write_waits_without_hold(report, file);
    bool good = fflush(file) == 0 && !ferror(file);
    return (!path || fclose(file) == 0) && good;
}
