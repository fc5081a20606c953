// A run with everything that a report has to show.
#include "tests/unit/report/report_fixture.h"

#include "base/duration.h"
#include "verdict/impact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct run_result *report_sample;

struct verdict *sample_verdict(enum outcome outcome, const char *reason)
{
    struct verdict *verdict = verdict_without_trace(outcome, reason);
    assert_non_null(verdict);
    if (*reason)
        return verdict;
    free(verdict->reasons[0]);
    verdict->reasons_count = 0;
    return verdict;
}

static void set_metrics(struct verdict *verdict, int64_t ops, int64_t errors, int64_t slowest_us)
{
    int64_t *value = verdict->metrics.value;
    for (int i = 0; i < METRIC_KINDS; i++)
        value[i] = 0;
    value[METRIC_OPS] = ops;
    value[METRIC_OK] = ops - errors;
    value[METRIC_ERRORS] = errors;
    value[METRIC_SLOWEST] = slowest_us;
    value[METRIC_DELAY] = slowest_us;
    value[METRIC_MEDIAN] = 10004;
    value[METRIC_RECOVERY] = METRIC_ABSENT;
    verdict->impact = impact_of(&verdict->metrics);
    verdict->virtual_us = 970 * US_PER_S + 123456;
    verdict->version = strdup("1.0");
}

void sample_add_error(struct verdict *verdict, int64_t id, const char *text)
{
    struct operation_error *errors = realloc(
        verdict->errors, (verdict->errors_count + 1) * sizeof(*verdict->errors));
    assert_non_null(errors);
    verdict->errors = errors;
    verdict->errors[verdict->errors_count++] = (struct operation_error){.id = id,
        .at_us = 60123456,
        .took_us = 20004,
        .operation = strdup("insert"),
        .text = strdup(text),
        .kind = strdup("OperationalError")};
}

void sample_set_cell(struct run_result *result, size_t index, const char *scenario_name, const char *claim,
    const char *subject, bool control, struct verdict *verdict)
{
    struct error error = {0};
    static const struct folder nowhere = {.fd = -1, .path = "/nowhere"};
    struct scenario scenario = {.name = (char *)scenario_name,
        .claim = (char *)claim,
        .best = strcmp(scenario_name, "idle/silence") == 0 ? IMPACT_DELAYED : IMPACT_CLEAN,
        .must_fail = control};
    char name[32];
    snprintf(name, sizeof(name), "idle-hung-up--x--%zu", index);
    struct cell cell = {.name = name, .scenario = &scenario, .subject = (char *)subject, .seed = 7};
    assert_true(run_result_set(result, index, &cell, &nowhere, verdict, 0.25, &error));
}

int report_sample_make(void **state)
{
    (void)state;
    static const char claim[] =
        "The server ends while its connections idle; the pool finds out | only at the next <checkout> & says so.";
    struct run_result *result = run_result_new("virtual", "6.12.9", "2026-01-02T03:04:05Z", 7, 7);
    result->wall_s = 9.0517;
    struct verdict *verdict = sample_verdict(OUTCOME_PASS, "");
    set_metrics(verdict, 10, 2, 20048);
    sample_add_error(verdict, 3, "SSL SYSCALL error: EOF detected");
    sample_add_error(verdict, 4, "SSL SYSCALL error: EOF detected");
    sample_set_cell(result, 0, "idle/hung-up", claim, "pqpool:none", false, verdict);
    verdict = sample_verdict(
        OUTCOME_FAIL, "scenarios/idle/hung-up.yaml:12: any: errors: expected 0, actual 1");
    set_metrics(verdict, 10, 1, 970045678);
    sample_add_error(verdict, 1, "caf\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97 <a> & \"b\" | `c` ]]>");
    sample_set_cell(result, 1, "idle/hung-up", claim, "pqpool:pre-ping-deadline", false, verdict);
    sample_set_cell(result, 2, "idle/silence", "The path swallows.", "node:none", false,
        sample_verdict(OUTCOME_SKIP, "/usr/bin/node: not installed"));
    sample_set_cell(result, 3, "idle/silence", "The path swallows.", "pqpool:none", false,
        sample_verdict(OUTCOME_ERROR, "scenarios/idle/silence.yaml:9: silence both: the fault hit nothing"));
    verdict = sample_verdict(OUTCOME_FAIL, "scenarios/selftest/x.yaml:4: any: ops: expected 1, actual 0");
    verdict->outcome = OUTCOME_PASS;
    set_metrics(verdict, 0, 0, METRIC_ABSENT);
    sample_set_cell(result, 4, "selftest/x", "A false claim.", "pqpool:none", true, verdict);
    verdict = sample_verdict(OUTCOME_PASS, "");
    set_metrics(verdict, 10, 0, 999);
    sample_set_cell(result, 5, "idle/hung-up", claim, "sqlalchemy:none", false, verdict);
    report_sample = result;
    return 0;
}

int report_sample_free(void **state)
{
    (void)state;
    run_result_free(report_sample);
    return 0;
}

char *printed(bool (*print)(const struct report_page *page), const struct run_result *result)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    assert_true(print(&(struct report_page){.file = file, .result = result}));
    fclose(file);
    return text;
}

void expect_parts(const char *text, const char *const *parts)
{
    for (; *parts; parts++)
        if (!strstr(text, *parts))
            fail_msg("%s\nis not in\n%s", *parts, text);
}
