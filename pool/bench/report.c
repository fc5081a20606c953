// What was measured, as Markdown tables.
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define NS_PER_US 1000.0
#define FAIR      2.0 // times the fair share is still fair

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
        "## Nanoseconds for a checkout and its checkin, all threads together\n\n"
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

// Served in turn, each waits for one turn of all that are not being served.
static double turns_over_fair(const struct bench_task *task, const struct bench_result *result)
{
    return (double)result->most_turns / (task->threads - task->size);
}

static double wait_over_fair(const struct bench_task *task, const struct bench_result *result)
{
    return result->max_wait_us / ((double)(task->threads - task->size) / task->size * result->mean_turn_us);
}

static void write_wait(FILE *file, const struct bench_task *task, const struct bench_result *result,
    const struct contender *contender)
{
    fprintf(file, " %.0f / %.0f / %.0f", result->mean_wait_us, result->p99_wait_us, result->max_wait_us);
    if (!contender->shares_nothing)
        fprintf(file, " (%.2f, %.2f)", turns_over_fair(task, result), wait_over_fair(task, result));
    fprintf(file, " |");
}

static bool is_of(const struct bench_row *row, bool held)
{
    return row->task.time_waits && (row->task.hold_us > 0) == held;
}

static void write_within(const struct bench_report *report, FILE *file, bool held)
{
    fprintf(file, "| within | %.0f |", FAIR);
    for (unsigned i = 0; i < report->contenders_count; i++) {
        unsigned rows = 0, turns = 0, waits = 0;
        for (const struct bench_row *row = report->rows; row < report->rows + report->rows_count; row++) {
            if (!is_of(row, held))
                continue;
            rows++;
            turns += turns_over_fair(&row->task, &row->results[i]) <= FAIR;
            waits += wait_over_fair(&row->task, &row->results[i]) <= FAIR;
        }
        if (report->contenders[i]->shares_nothing)
            fprintf(file, " |");
        else
            fprintf(file, " turns %u, waits %u of %u |", turns, waits, rows);
    }
    fprintf(file, "\n");
}

static void write_waits(const struct bench_report *report, FILE *file, bool held)
{
    write_head(report, file, "");
    for (unsigned n = 0; n < report->rows_count; n++) {
        const struct bench_row *row = &report->rows[n];
        if (!is_of(row, held))
            continue;
        fprintf(file, "| %u | %u |", row->task.threads, row->task.size);
        for (unsigned i = 0; i < report->contenders_count; i++)
            write_wait(file, &row->task, &row->results[i], report->contenders[i]);
        fprintf(file, "\n");
    }
    write_within(report, file, held);
}

bool bench_write_report(const struct bench_report *report, const char *path)
{
    FILE *file = path ? fopen(path, "we") : stdout;
    struct utsname system;
    if (!file || uname(&system) != 0)
        return false;
    fprintf(file, "# pqpool_bench\n\nMade by `make bench`. %ld processors, Linux %s.",
        sysconf(_SC_NPROCESSORS_ONLN), system.release);
    for (unsigned i = 0; i < report->contenders_count; i++)
        fprintf(file, "\n%s: %s.", report->contenders[i]->name, report->contenders[i]->version);
    fprintf(file, "\n\n");
    write_cycles(report, file);
    fprintf(file,
        "\n## Waits with a hold of 1 ms: mean / 99th percentile / longest, in microseconds\n\n"
        "In brackets, in fair shares: the most turns of others that passed while one waited, over threads - "
        "size; and the longest wait, over (threads - size) / size x the mean turn. A turn is a hold. The "
        "first is the pool's doing; the second the machine's as well, where a hold took longer or a thread "
        "had no processor. The last line counts the rows with at most %.0f.\n\n",
        FAIR);
    write_waits(report, file, true);
    fprintf(file,
        "\n## Waits without a hold: mean / 99th percentile / longest, in microseconds\n\n"
        "As above; a turn is here all that one thread does with a connection before another has it. All "
        "threads compute all the time, and wait for a processor where there are more of them: no-pool says "
        "how long.\n\n");
    write_waits(report, file, false);
    bool good = fflush(file) == 0 && !ferror(file);
    return (!path || fclose(file) == 0) && good;
}
