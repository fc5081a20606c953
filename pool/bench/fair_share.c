// What each would wait if all were served in turn, and how much longer somebody did.
#include "bench.h"

// Served in turn, each waits for one turn of all that are not being served.
double bench_turns_over_fair(const struct bench_task *task, const struct bench_result *result)
{
    return (double)result->most_turns / (task->threads - task->size);
}

double bench_wait_over_fair(const struct bench_task *task, const struct bench_result *result)
{
    return result->max_wait_us / ((double)(task->threads - task->size) / task->size * result->mean_turn_us);
}

static bool is_judged(const struct bench_task *task)
{
    return task->time_waits && (task->hold_us >= BENCH_BRIEF_US || task->size <= BENCH_BRIEFLY_HELD);
}

bool bench_waits_are_fair(const struct bench_report *report)
{
    for (const struct bench_row *row = report->rows; row < report->rows + report->rows_count; row++)
        for (unsigned i = 0; i < report->contenders_count && is_judged(&row->task); i++)
            if (report->contenders[i]->in_turn &&
                (bench_turns_over_fair(&row->task, &row->results[i]) > BENCH_FAIR ||
                    bench_wait_over_fair(&row->task, &row->results[i]) > BENCH_FAIR))
                return false;
    return true;
}
