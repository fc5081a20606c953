// What all reports share.
#include "report/internal.h"

#include "base/duration.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

const struct report_column report_columns[] = {
    {"ops", METRIC_OPS, 3},
    {"err", METRIC_ERRORS, 0},
    {"hung", METRIC_HUNG, 0},
    {"delay", METRIC_DELAY, 0},
    {"slowest", METRIC_SLOWEST, 1},
    {"median", METRIC_MEDIAN, 4},
    {"recovery", METRIC_RECOVERY, 5},
    {"pings", METRIC_PINGS, 6},
    {"conns", METRIC_CONNECTS, 2},
    {"tries", METRIC_ATTEMPTS, 1},
    {"lost", METRIC_LOST, 0},
    {"dup", METRIC_DUPLICATED, 0},
    {"doubt", METRIC_IN_DOUBT, 0},
};

const size_t report_columns_count = sizeof(report_columns) / sizeof(report_columns[0]);

static bool failed_as_it_must(const struct cell_result *cell)
{
    return cell->control && cell->verdict->outcome == OUTCOME_PASS;
}

const char *report_verdict(const struct cell_result *cell)
{
    return failed_as_it_must(cell) ? "fail (as it must)" : outcome_name(cell->verdict->outcome);
}

const char *report_verdict_word(const struct cell_result *cell)
{
    return failed_as_it_must(cell) ? "fail" : outcome_name(cell->verdict->outcome);
}

char *report_label(const struct run_order *order, const struct cell_result *cell)
{
    char *label;
    if (!order->has_twin[cell - order->run->cells])
        return strdup(cell->subject);
    return asprintf(&label, "%s seed %" PRIu64, cell->subject, cell->seed) < 0 ? NULL : label;
}

const char *report_breach(const struct cell_result *cell)
{
    return cell->verdict->outcome < OUTCOME_FAIL && cell->fail_on[0] != '\0' ? cell->fail_on : NULL;
}

bool report_reason_place(const char *reason, char path[static REPORT_PLACE_SIZE], int *line)
{
    const char *colon = strchr(reason, ':');
    if (!colon || colon == reason || colon - reason >= REPORT_PLACE_SIZE ||
        memchr(reason, ' ', (size_t)(colon - reason)))
        return false;
    char *end;
    long number = strtol(colon + 1, &end, 10);
    if (end == colon + 1 || *end != ':' || number < 1 || number > INT_MAX)
        return false;
    memcpy(path, reason, (size_t)(colon - reason));
    path[colon - reason] = '\0';
    *line = (int)number;
    return true;
}

static void print_span(FILE *file, double seconds)
{
    int64_t whole = (int64_t)(seconds + 0.5);
    if (seconds < 59.95)
        fprintf(file, "%.1f s", seconds);
    else if (whole < 3600)
        fprintf(file, "%" PRId64 " min %" PRId64 " s", whole / 60, whole % 60);
    else
        fprintf(file, "%" PRId64 " h %" PRId64 " min", whole / 3600, whole / 60 % 60);
}

void report_total(FILE *file, const struct run_result *result)
{
    struct outcome_counts counts = run_result_count(result);
    int64_t virtual_us = 0;
    for (size_t i = 0; i < result->cells_count; i++)
        virtual_us += result->cells[i].verdict ? result->cells[i].verdict->virtual_us : 0;
    fprintf(file, "%zu passed, %zu failed, %zu skipped, %zu errors", counts.passed, counts.failed,
        counts.skipped, counts.errors);
    if (counts.breaches > 0)
        fprintf(file, ", %zu met --fail-on", counts.breaches);
    if (counts.not_run > 0)
        fprintf(file, ", %zu not run", counts.not_run);
    fputs(" in ", file);
    print_span(file, result->wall_s);
    if (strcmp(result->lab, lab_kind_name(LAB_VIRTUAL)) == 0) {
        fputs(" (", file);
        print_span(file, (double)virtual_us / US_PER_S);
        fputs(" of virtual time)", file);
    }
    fputc('\n', file);
}
