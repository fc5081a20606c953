// Runs for tests.
#include "tests/unit/result/sample_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CELLS_MAX 32

struct run_result *sample_run(const char *lab)
{
    struct run_result *run = run_result_new(lab, "kernel-6.12", "2027-01-01T00:00:00Z", 7, CELLS_MAX);
    assert_non_null(run);
    run->cells_count = 0;
    return run;
}

static char *name_folder(const char *scenario, const char *subject, size_t number)
{
    char *name;
    assert_true(asprintf(&name, "%s--%s--%zu", scenario, subject, number) > 0);
    for (char *at = name; *at != '\0'; at++)
        *at = *at == '/' || *at == ':' ? '-' : *at;
    return name;
}

// Ten operations of 30 ms, one connection, the same bytes as everywhere.
struct cell_result *sample_cell(struct run_result *run, const char *scenario, const char *subject)
{
    struct cell_result *cell = &run->cells[run->cells_count++];
    assert_true(run->cells_count <= CELLS_MAX);
    *cell = (struct cell_result){.scenario = strdup(scenario),
        .claim = strdup("A claim."),
        .subject = strdup(subject),
        .dir = name_folder(scenario, subject, run->cells_count),
        .seed = 7,
        .verdict = verdict_without_trace(OUTCOME_PASS, "")};
    memset(cell->events_sha256, 'a', DIGEST_TEXT_SIZE - 1);
    memset(cell->pcap_sha256, 'b', DIGEST_TEXT_SIZE - 1);
    cell->verdict->version = strdup("1.0");
    int64_t *value = cell->verdict->metrics.value;
    memset(value, 0, sizeof(cell->verdict->metrics.value));
    value[METRIC_OPS] = value[METRIC_OK] = 10;
    value[METRIC_SLOWEST] = value[METRIC_MEDIAN] = 30000;
    value[METRIC_RECOVERY] = METRIC_ABSENT;
    value[METRIC_CONNECTS] = 1;
    return cell;
}

void sample_error(struct cell_result *cell, const char *text)
{
    struct verdict *verdict = cell->verdict;
    struct operation_error *errors = realloc(
        verdict->errors, (verdict->errors_count + 1) * sizeof(*verdict->errors));
    assert_non_null(errors);
    verdict->errors = errors;
    verdict->errors[verdict->errors_count++] = (struct operation_error){
        .operation = strdup("insert"), .text = strdup(text)};
    verdict->metrics.value[METRIC_ERRORS]++;
    verdict->metrics.value[METRIC_OK]--;
    error_texts_clear(&cell->texts);
    assert_true(error_texts_collect(verdict, &cell->texts));
}
