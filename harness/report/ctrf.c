// CTRF, the Common Test Report Format (https://ctrf.io): JSON that many reporters of CI servers read.
#include "report/report.h"

#include "base/version.h"
#include "report/internal.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define MS_PER_S 1000

// Epoch milliseconds of "2026-11-28T05:27:10Z"; 0: not known.
static json_int_t moment_ms(const char *text)
{
    struct tm calendar = {0};
    if (!text || !strptime(text, "%Y-%m-%dT%H:%M:%S", &calendar))
        return 0;
    return (json_int_t)timegm(&calendar) * MS_PER_S;
}

static json_t *ctrf_place(json_t *test, const struct cell_result *cell)
{
    char path[REPORT_PLACE_SIZE];
    int line;
    for (size_t i = 0; test && i < cell->verdict->reasons_count; i++) {
        if (!report_reason_place(cell->verdict->reasons[i], path, &line))
            continue;
        json_object_set_new(test, "filePath", json_string(path));
        json_object_set_new(test, "line", json_integer(line));
        break;
    }
    return test;
}

static json_t *ctrf_test(const struct cell_result *cell)
{
    static const char *const status[] = {[OUTCOME_PASS] = "passed",
        [OUTCOME_SKIP] = "skipped",
        [OUTCOME_FAIL] = "failed",
        [OUTCOME_ERROR] = "failed"};
    const struct verdict *verdict = cell->verdict;
    const char *breach = report_breach(cell),
               *reason = verdict->reasons_count > 0 ? verdict->reasons[0] : NULL;
    char name[1024];
    snprintf(name, sizeof(name), "%s %s", cell->scenario, cell->subject);
    json_t *test = json_pack("{s:s, s:s, s:I, s:s, s:s?, s:{s:s, s:I, s:s, s:s, s:s}}", "name", name,
        "status", status[breach ? OUTCOME_FAIL : verdict->outcome], "duration",
        (json_int_t)llround(cell->wall_s * MS_PER_S), "rawStatus", outcome_name(verdict->outcome), "message",
        breach ? breach : reason, "extra", "impact", impact_name(verdict->impact), "seed",
        (json_int_t)cell->seed, "folder", cell->dir, "events_sha256", cell->events_sha256, "pcap_sha256",
        cell->pcap_sha256);
    return ctrf_place(test, cell);
}

static json_t *ctrf_summary(const struct run_result *result)
{
    const struct outcome_counts counts = run_result_count(result);
    json_int_t start = moment_ms(result->started), passed = (json_int_t)counts.passed,
               skipped = (json_int_t)counts.skipped;
    for (size_t i = 0; i < result->cells_count; i++)
        if (result->cells[i].verdict && report_breach(&result->cells[i]))
            *(result->cells[i].verdict->outcome == OUTCOME_SKIP ? &skipped : &passed) -= 1;
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "tests",
        (json_int_t)(result->cells_count - counts.not_run), "passed", passed, "failed",
        (json_int_t)(counts.failed + counts.errors + counts.breaches), "pending", (json_int_t)0, "skipped",
        skipped, "other", (json_int_t)0, "start", start, "stop",
        start + (json_int_t)llround(result->wall_s * MS_PER_S));
}

bool report_ctrf_print(const struct report_page *page)
{
    json_t *tests = json_array();
    for (size_t i = 0; i < page->result->cells_count; i++)
        if (page->result->cells[i].verdict)
            json_array_append_new(tests, ctrf_test(&page->result->cells[i]));
    json_t *json = json_pack("{s:s, s:s, s:{s:{s:s, s:s}, s:o, s:o}}", "reportFormat", "CTRF", "specVersion",
        "0.0.0", "results", "tool", "name", "hangup", "version", HANGUP_VERSION, "summary",
        ctrf_summary(page->result), "tests", tests);
    if (!json)
        return error_set(page->error, ERROR_LAB, "ctrf.json: out of memory, or a text that is not UTF-8");
    json_dumpf(json, page->file, JSON_INDENT(1));
    putc('\n', page->file);
    json_decref(json);
    return true;
}
