// run.json: what was measured stands in it, is read back as it was, and is refused where it is broken.
#include "tests/unit/report/report_fixture.h"

#include "base/directory.h"
#include "tests/unit/base/opened.h"
#include "tests/unit/result/sample_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char *json_text(const struct run_result *result)
{
    struct error error = {0};
    json_t *json = run_result_to_json(result, &error);
    assert_non_null(json);
    char *text = json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
    json_decref(json);
    return text;
}

static void json_has_what_was_measured(void **state)
{
    (void)state;
    char *text = json_text(report_sample);
    static const char *const wanted[] = {"\"schema\": \"hangup-run/2\"", "\"lab\": \"virtual\"",
        "\"kernel\": \"6.12.9\"", "\"seed\": 7", "\"slowest_ms\": 20.048", "\"median_ms\": 10.004",
        "\"recovery_ms\": null", "\"virtual_s\": 970.123456", "\"wall_s\": 0.25", "\"wall_s\": 9.052",
        "\"verdict\": \"pass\"", "\"impact\": \"errors\"", "\"impact\": null", "\"best\": \"delayed\"",
        "\"control\": true", "\"op\": 3", "\"do\": \"insert\"", "\"took_ms\": 20.004", "\"at_s\": 60.123456",
        "\"sqlstate\": null", "\"count\": 2", "\"not_run\": 1", "\"pcap_sha256\": null"};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (!strstr(text, wanted[i]))
            fail_msg("%s is not in %s", wanted[i], text);
    free(text);
}

static void json_is_read_back_as_it_was(void **state)
{
    (void)state;
    char path[] = "/tmp/hangup-test-XXXXXX";
    struct error error = {0};
    assert_non_null(mkdtemp(path));
    struct folder folder = opened(path);
    assert_true(reports_write(&folder, report_sample, &error));
    struct run_result *again = run_result_read(&folder, &error);
    assert_string_equal(error.text, "");
    char *before = json_text(report_sample), *after = json_text(again);
    assert_string_equal(before, after);
    assert_int_equal(again->cells_count, 7);
    assert_int_equal(again->cells[1].verdict->metrics.value[METRIC_SLOWEST], 970045678);
    assert_int_equal(again->cells[3].verdict->metrics.value[METRIC_SLOWEST], METRIC_ABSENT);
    assert_int_equal(run_result_outcome(again), OUTCOME_ERROR);
    free(before);
    free(after);
    run_result_free(again);
    folder_close(&folder);
    folder_remove(path);
}

// A cell of version 1 has no impact, and lacks some of its numbers.
static void what_an_older_hangup_wrote_is_read(void **state)
{
    (void)state;
    struct error error = {0};
    json_t *json = run_result_to_json(report_sample, &error);
    json_object_set_new(json, "schema", json_string("hangup-run/1"));
    json_t *cell = json_array_get(json_object_get(json, "cells"), 0);
    json_object_del(cell, "impact");
    json_object_del(cell, "best");
    json_object_del(json_object_get(cell, "metrics"), "delay_ms");
    struct run_result *old = run_result_from_json(json, &error);
    assert_non_null(old);
    assert_int_equal(old->cells[0].verdict->impact, IMPACT_UNKNOWN);
    assert_int_equal(old->cells[0].best, IMPACT_CLEAN);
    assert_int_equal(old->cells[0].verdict->metrics.value[METRIC_DELAY], METRIC_ABSENT);
    assert_int_equal(old->cells[1].verdict->impact, IMPACT_STUCK);
    run_result_free(old);
    json_decref(json);
}

static void long_lists_of_errors_are_cut_but_counted(void **state)
{
    (void)state;
    struct run_result *result = run_result_new("virtual", NULL, NULL, 1, 1);
    struct verdict *verdict = sample_verdict(OUTCOME_PASS, "");
    for (int i = 0; i < 250; i++)
        sample_add_error(verdict, i, i % 2 ? "odd" : "even");
    sample_set_cell(result, 0, "a", "b", "c", false, verdict);
    struct error error = {0};
    json_t *json = run_result_to_json(result, &error);
    struct run_result *again = run_result_from_json(json, &error);
    assert_int_equal(again->cells[0].verdict->errors_count, 100);
    assert_int_equal(again->cells[0].texts.count, 2);
    assert_string_equal(again->cells[0].texts.items[1].text, "odd");
    assert_int_equal(again->cells[0].texts.items[1].count, 125);
    json_decref(json);
    run_result_free(again);
    run_result_free(result);
}

// Whatever member of a good run.json is taken away or has another type, it is read or refused with a word.
static void broken_json_is_refused(void **state)
{
    (void)state;
    struct error error = {0};
    char *text = json_text(report_sample);
    for (size_t i = 0, length = strlen(text); i < length; i += 7) {
        char *copy = strdup(text);
        copy[i] = copy[i] == '1' ? '"' : '1';
        json_t *json = json_loads(copy, 0, NULL);
        error.text[0] = '\0';
        struct run_result *result = json ? run_result_from_json(json, &error) : NULL;
        assert_true(!json || result || error.text[0]);
        run_result_free(result);
        json_decref(json);
        free(copy);
    }
    free(text);
}

// A run.json from somewhere else must not command the terminal.
static void texts_that_are_read_back_are_one_line(void **state)
{
    (void)state;
    struct error error = {0};
    json_t *json = run_result_to_json(report_sample, &error);
    json_t *cell = json_array_get(json_object_get(json, "cells"), 0);
    json_object_set_new(cell, "claim", json_string("a\nb\033[2J"));
    json_object_set_new(cell, "reasons", json_pack("[s]", "c\n\td\007"));
    struct run_result *result = run_result_from_json(json, &error);
    assert_string_equal(result->cells[0].claim, "a b[2J");
    assert_string_equal(result->cells[0].verdict->reasons[0], "c d");
    run_result_free(result);
    json_decref(json);
}

static void refusals_name_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"[]", "schema: expected"},
        {"{}", "schema: expected"},
        {"{\"schema\": \"hangup-run/3\"}", "schema: expected"},
        {"{\"schema\": \"hangup-run/2\"}", "seed: expected a whole number"},
        {"{\"schema\": \"hangup-run/2\", \"seed\": 1, \"not_run\": -1, \"lab\": \"x\", \"cells\": []}",
            "not_run: expected"},
        {"{\"schema\": \"hangup-run/2\", \"seed\": 1, \"not_run\": 0, \"cells\": []}",
            "lab: expected a text"},
        {"{\"schema\": \"hangup-run/2\", \"seed\": 1, \"not_run\": 0, \"lab\": \"x\"}",
            "cells: expected a list"},
        {"{\"schema\": \"hangup-run/2\", \"seed\": 1, \"not_run\": 0, \"lab\": \"x\", \"wall_s\": 1, \"cells\": [1]}",
            "cells[0]: scenario: expected a text"},
        {"{\"schema\": ", ":1:"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char path[] = "/tmp/hangup-test-XXXXXX";
        struct error error = {0};
        assert_non_null(mkdtemp(path));
        struct folder folder = opened(path);
        sample_file(path, "run.json", cases[i].text);
        assert_null(run_result_read(&folder, &error));
        folder_close(&folder);
        assert_int_equal(error.category, ERROR_INPUT);
        assert_non_null(strstr(error.text, path));
        if (!strstr(error.text, cases[i].why))
            fail_msg("%s is not in %s", cases[i].why, error.text);
        folder_remove(path);
    }
}

static void digests_come_from_the_cells_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/hangup-test-XXXXXX", path[128];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/cell", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/cell/events.jsonl", folder);
    FILE *file = fopen(path, "we");
    fputs("abc", file);
    fclose(file);
    struct scenario scenario = {.name = (char *)"a", .claim = (char *)"b"};
    struct cell cell = {.name = (char *)"cell", .scenario = &scenario, .subject = (char *)"c"};
    struct run_result *result = run_result_new("native", NULL, NULL, 1, 1);
    struct error error = {0};
    struct folder run = opened(folder);
    assert_true(run_result_set(result, 0, &cell, &run, sample_verdict(OUTCOME_PASS, ""), 1, &error));
    folder_close(&run);
    assert_string_equal(
        result->cells[0].events_sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(result->cells[0].pcap_sha256, "");
    run_result_free(result);
    unlink(path);
    snprintf(path, sizeof(path), "%s/cell", folder);
    rmdir(path);
    rmdir(folder);
}

static void the_worst_cell_decides(void **state)
{
    (void)state;
    static const enum outcome order[] = {OUTCOME_PASS, OUTCOME_SKIP, OUTCOME_FAIL, OUTCOME_ERROR};
    for (size_t i = 0; i < 4; i++) {
        struct run_result *result = run_result_new("virtual", NULL, NULL, 1, 3);
        sample_set_cell(result, 0, "a", "b", "c", false, sample_verdict(order[i], "x"));
        sample_set_cell(result, 1, "a", "b", "d", false, sample_verdict(OUTCOME_PASS, "x"));
        assert_int_equal(run_result_outcome(result), order[i]);
        struct outcome_counts counts = run_result_count(result);
        assert_int_equal(counts.not_run, 1);
        assert_int_equal(counts.passed + counts.skipped + counts.failed + counts.errors, 2);
        run_result_free(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_what_was_measured),
        cmocka_unit_test(json_is_read_back_as_it_was),
        cmocka_unit_test(what_an_older_hangup_wrote_is_read),
        cmocka_unit_test(long_lists_of_errors_are_cut_but_counted),
        cmocka_unit_test(broken_json_is_refused),
        cmocka_unit_test(texts_that_are_read_back_are_one_line),
        cmocka_unit_test(refusals_name_the_place),
        cmocka_unit_test(digests_come_from_the_cells_folder),
        cmocka_unit_test(the_worst_cell_decides),
    };
    return cmocka_run_group_tests_name("run_json", tests, report_sample_make, report_sample_free);
}
