// What each would wait if all were served in turn, and how much longer somebody did.
#include "bench.h"

// Served in turn, each waits for one turn of all that are not being served.
double bench_turns_over_fair(const struct bench_task *task, const struct bench_longest *longest)
{
    return (double)longest->turns / (task->threads - task->size);
}

double bench_wait_over_fair(
    const struct bench_task *task, const struct bench_result *result, const struct bench_longest *longest)
{
    return longest->us / ((double)(task->threads - task->size) / task->size * result->mean_turn_us);
}

static bool is_fair(const struct bench_task *task, const struct bench_result *result)
{
    return bench_wait_over_fair(task, result, &result->wait) <= BENCH_FAIR &&
           bench_turns_over_fair(task, &result->in_queue) <= BENCH_FAIR &&
           bench_turns_over_fair(task, &result->wait) <= BENCH_FAIR;
}

bool bench_waits_are_fair(const struct bench_report *report)
{
    for (const struct bench_row *row = report->rows; row < report->rows + report->rows_count; row++)
        for (unsigned i = 0; i < report->contenders_count && row->task.time_waits; i++)
            if (report->contenders[i]->in_turn && !is_fair(&row->task, &row->results[i]))
                return false;
    return true;
}
