// What CI servers read beside JUnit: TAP, CTRF, annotations of GitHub.
#include "result/bar.h"
#include "tests/unit/report/report_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void tap_has_a_line_a_cell(void **state)
{
    (void)state;
    char *text = printed(report_tap_print, report_sample);
    assert_memory_equal(text, "TAP version 14\n1..6\n", strlen("TAP version 14\n1..6\n"));
    expect_parts(text, (const char *const[]){"\nok 1 - idle/hung-up pqpool:none\n",
                           "\nnot ok 2 - idle/hung-up pqpool:pre-ping-deadline\n  ---\n  reasons:\n    - "
                           "\"scenarios/idle/hung-up.yaml:12: any: errors: expected 0, actual 1\"\n",
                           "idle/silence node:none # SKIP /usr/bin/node: not installed\n", NULL});
    free(text);
}

static void ctrf_counts_and_names_the_place(void **state)
{
    (void)state;
    json_error_t why;
    char *text = printed(report_ctrf_print, report_sample);
    json_t *json = json_loads(text, 0, &why), *results = json_object_get(json, "results");
    json_t *summary = json_object_get(results, "summary"),
           *test = json_array_get(json_object_get(results, "tests"), 1);
    assert_int_equal(json_integer_value(json_object_get(summary, "tests")), 6);
    assert_int_equal(json_integer_value(json_object_get(summary, "failed")), 2);
    assert_int_equal(json_integer_value(json_object_get(summary, "start")), 1767323045000);
    assert_string_equal(json_string_value(json_object_get(test, "status")), "failed");
    assert_string_equal(json_string_value(json_object_get(test, "filePath")), "scenarios/idle/hung-up.yaml");
    assert_int_equal(json_integer_value(json_object_get(test, "line")), 12);
    json_decref(json);
    free(text);
}

static void github_annotates_the_line_that_expected_it(void **state)
{
    (void)state;
    char *text = printed(report_github_print, report_sample);
    expect_parts(text,
        (const char *const[]){
            "::error file=scenarios/idle/hung-up.yaml,line=12,title=idle/hung-up with pqpool%3Apre-ping-deadline::"
            "scenarios/idle/hung-up.yaml:12: any: errors: expected 0, actual 1\n",
            "3 passed, 1 failed, 1 skipped, 1 errors", NULL});
    assert_null(strstr(text, "selftest"));
    free(text);
}

// Breaks with: an error text that ends the annotation and begins a command of its own.
static void no_reason_is_a_command(void **state)
{
    (void)state;
    struct run_result *result = run_result_new("virtual", NULL, NULL, 1, 1);
    sample_set_cell(
        result, 0, "a", "b", "c", false, sample_verdict(OUTCOME_FAIL, "x\n::set-env name=A::100%"));
    char *text = printed(report_github_print, result);
    expect_parts(text, (const char *const[]){"::error title=a with c::x ::set-env name=A::100%25\n", NULL});
    free(text);
    run_result_free(result);
}

// Breaks with: a job that is red for --fail-on, and reports that are all green.
static void what_met_the_users_bar_is_a_failure_in_every_report(void **state)
{
    (void)state;
    static const struct {
        bool (*print)(const struct report_page *page);
        const char *part;
    } cases[] = {
        {report_junit_print, "<testsuites name=\"hangup\" tests=\"1\" failures=\"1\""},
        {report_junit_print, "<failure type=\"fail-on\" message=\"--fail-on errors: errors 2\"/>"},
        {report_summary_print,
            "- **fail-on** a with c: `--fail-on errors: errors 2`: `hangup why idle-hung-up--x--0` in this folder"},
        {report_summary_print, "1 passed, 0 failed, 0 skipped, 0 errors, 1 met --fail-on in "},
        {report_ctrf_print, "\"passed\": 0,\n   \"failed\": 1,"},
        {report_ctrf_print, "\"message\": \"--fail-on errors: errors 2\""},
        {report_tap_print, "not ok 1 - a c\n  ---\n  reasons:\n    - \"--fail-on errors: errors 2\"\n"},
        {report_github_print, "::error title=a with c::--fail-on errors: errors 2\n"},
        {report_json_print, "\"fail_on\": \"--fail-on errors: errors 2\""},
    };
    struct run_result *result = run_result_new("virtual", NULL, NULL, 1, 1);
    struct bar bar = {0};
    struct error error = {0};
    sample_set_cell(result, 0, "a", "b", "c", false, sample_verdict(OUTCOME_PASS, ""));
    result->cells[0].verdict->metrics.value[METRIC_ERRORS] = 2;
    assert_true(bar_parse(&bar, "hung,errors", &error));
    bar_mark(&bar, result);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = printed(cases[i].print, result);
        expect_parts(text, (const char *const[]){cases[i].part, NULL});
        free(text);
    }
    run_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tap_has_a_line_a_cell),
        cmocka_unit_test(ctrf_counts_and_names_the_place),
        cmocka_unit_test(github_annotates_the_line_that_expected_it),
        cmocka_unit_test(no_reason_is_a_command),
        cmocka_unit_test(what_met_the_users_bar_is_a_failure_in_every_report),
    };
    return cmocka_run_group_tests_name("ci", tests, report_sample_make, report_sample_free);
}
