// What was recorded against what a run did: same, changed, new; and the file, one line a cell.
#include "result/baseline.h"
#include "result/cost.h"

#include "tests/unit/base/temporary_file.h"
#include "tests/unit/result/sample_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct run_result *two_cells(void)
{
    struct run_result *run = sample_run("virtual");
    sample_cell(run, "idle/b", "p:none")->verdict->impact = IMPACT_CLEAN;
    struct cell_result *cell = sample_cell(run, "idle/a", "p:none");
    cell->verdict->impact = IMPACT_ERRORS;
    sample_error(cell, "gone");
    cell->verdict->metrics.value[METRIC_RECOVERY] = 9000000;
    return run;
}

static struct baseline_counts compare(const json_t *baseline, const struct run_result *run, const char *said)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    struct baseline_counts counts = baseline_compare(baseline, run, file);
    fclose(file);
    assert_string_equal(text, said);
    free(text);
    return counts;
}

static void a_cell_is_same_changed_or_new(void **state)
{
    (void)state;
    struct run_result *run = two_cells();
    json_t *baseline = baseline_new();
    struct baseline_counts counts = compare(baseline, run, "new: idle/b p:none 7\nnew: idle/a p:none 7\n");
    assert_int_equal(counts.added, 2);
    assert_true(baseline_take(baseline, run));
    counts = compare(baseline, run, "");
    assert_int_equal(counts.same, 2);
    // Within a tenth, and within 100 ms: another machine's chance.
    run->cells[1].verdict->metrics.value[METRIC_RECOVERY] = 9900000;
    run->cells[0].verdict->metrics.value[METRIC_MEDIAN] = 120000;
    assert_int_equal(compare(baseline, run, "").same, 2);
    run->cells[1].verdict->metrics.value[METRIC_RECOVERY] = METRIC_NEVER;
    run->cells[1].verdict->impact = IMPACT_STUCK;
    counts = compare(baseline, run,
        "changed: idle/a p:none 7: impact \"errors\" -> \"stuck\", recovery_ms 9000.0 -> \"never\"\n");
    assert_int_equal(counts.changed, 1);
    assert_int_equal(counts.same, 1);
    // What says nothing about the pool is neither.
    run->cells[1].verdict->outcome = OUTCOME_SKIP;
    assert_int_equal(compare(baseline, run, "").same, 1);
    json_decref(baseline);
    run_result_free(run);
}

static void the_file_has_one_line_a_cell_sorted(void **state)
{
    (void)state;
    char path[] = "/tmp/hangup-test-XXXXXX", written[4096];
    struct error error = {0};
    temporary_file(path, "", 0);
    struct run_result *run = two_cells();
    json_t *baseline = baseline_new();
    assert_true(baseline_take(baseline, run));
    assert_true(baseline_write(baseline, path, &error));
    FILE *file = fopen(path, "re");
    written[fread(written, 1, sizeof(written) - 1, file)] = '\0';
    fclose(file);
    const char *a = strstr(written, "\n\"idle/a p:none 7\": {\"impact\": \"errors\", \"ops\": 10,"),
               *b = strstr(written, "\n\"idle/b p:none 7\": {");
    assert_true(a && b && a < b);
    json_t *again = baseline_read(path, &error);
    assert_true(json_equal(baseline, again));
    unlink(path);
    json_decref(again);
    json_decref(baseline);
    run_result_free(run);
}

// Breaks with: a page of a baseline that lacks what its run had.
static void it_is_read_as_a_run(void **state)
{
    (void)state;
    struct error error = {0};
    struct run_result *run = two_cells();
    run->cells[1].verdict->metrics.value[METRIC_RECOVERY] = METRIC_NEVER;
    json_t *baseline = baseline_new();
    assert_true(baseline_take(baseline, run));
    struct run_result *again = baseline_run(baseline, "debian-13", &error);
    assert_string_equal(error.text, "");
    assert_int_equal(again->cells_count, 2);
    assert_string_equal(again->world.image, "debian-13");
    const struct cell_result *cell = &again->cells[strcmp(again->cells[0].scenario, "idle/a") != 0];
    assert_string_equal(cell->subject, "p:none");
    assert_int_equal(cell->seed, 7);
    assert_int_equal(cell->verdict->impact, IMPACT_ERRORS);
    assert_int_equal(cell->verdict->metrics.value[METRIC_RECOVERY], METRIC_NEVER);
    assert_string_equal(cell->verdict->version, "1.0");
    run_result_free(again);
    json_object_set_new(json_object_get(baseline, "cells"), "idle/a", json_object());
    assert_null(baseline_run(baseline, "debian-13", &error));
    assert_string_equal(error.text, "cells: 'idle/a': expected a scenario, a subject and a seed");
    json_decref(baseline);
    run_result_free(run);
}

static void another_file_is_refused(void **state)
{
    (void)state;
    char path[] = "/tmp/hangup-test-XXXXXX";
    struct error error = {0};
    temporary_file(path, "{\"schema\": \"hangup-run/2\"}", 26);
    assert_null(baseline_read(path, &error));
    assert_int_equal(error.category, ERROR_INPUT);
    assert_non_null(strstr(error.text, "schema: expected hangup-baseline/1"));
    unlink(path);
}

// Three cells cost 2 s, 4 s and 6 s; what is not recorded costs what its scenario and its subject do.
static void what_cells_cost(void **state)
{
    (void)state;
    char path[] = "/tmp/hangup-test-XXXXXX";
    struct error error = {0};
    struct cost_table table;
    struct run_result *run = sample_run("virtual");
    sample_cell(run, "idle/a", "p:none")->wall_s = 2;
    sample_cell(run, "idle/a", "p:slow")->wall_s = 4;
    sample_cell(run, "idle/b", "p:none")->wall_s = 6;
    json_t *baseline = baseline_new();
    assert_true(baseline_take(baseline, run));
    // One that was resumed took no time.
    run->cells[2].wall_s = 0;
    assert_true(baseline_take(baseline, run));
    assert_int_equal(baseline_compare(baseline, run, stderr).same, 3);
    close(mkstemp(path));
    assert_true(baseline_write(baseline, path, &error));
    assert_true(cost_table_open(&table, path, &error));
    assert_false(cost_table_is_empty(&table));
    assert_float_equal(cost_table_s(&table, "idle/b", "p:none", 7), 6, 0.01);
    assert_float_equal(cost_table_s(&table, "idle/b", "p:slow", 7), 6, 0.01); // 6 x 4 / 4
    assert_float_equal(cost_table_s(&table, "idle/a", "q:none", 7), 3, 0.01);
    assert_float_equal(cost_table_s(&table, "idle/c", "q:none", 7), 4, 0.01);
    cost_table_close(&table);
    unlink(path);
    assert_true(cost_table_open(&table, path, &error));
    assert_true(cost_table_is_empty(&table));
    assert_float_equal(cost_table_s(&table, "idle/a", "p:none", 7), 1, 0.01);
    cost_table_close(&table);
    json_decref(baseline);
    run_result_free(run);
}

// Breaks with: the page of one image under another's name, a seed that nobody asked for first, and a page
// that cannot be made before anything is recorded.
static void a_run_of_it_has_world_and_seed(void **state)
{
    (void)state;
    struct error error = {0};
    struct run_result *run = two_cells();
    snprintf(run->world.image, sizeof(run->world.image), "forky");
    memset(run->world.image_sha256, 'a', DIGEST_TEXT_SIZE - 1);
    memset(run->world.kernel_sha256, 'b', DIGEST_TEXT_SIZE - 1);
    memset(run->world.programs_sha256, 'c', DIGEST_TEXT_SIZE - 1);
    run->cells[0].verdict->metrics.value[METRIC_DELAY] = METRIC_NEVER;
    run->cells[0].seed = 10; // "10" is before "7", as a text
    json_t *baseline = baseline_new();
    struct run_result *shown = baseline_run(baseline, "other", &error);
    assert_non_null(shown);
    assert_int_equal(shown->cells_count, 0);
    assert_string_equal(shown->world.image, "other");
    run_result_free(shown);
    assert_true(baseline_take(baseline, run));
    shown = baseline_run(baseline, "other", &error);
    assert_non_null(shown);
    assert_int_equal(shown->seed, 7);
    assert_string_equal(shown->world.image, "forky");
    assert_int_equal(baseline_compare(baseline, shown, stderr).same, 2);
    const struct cell_result *cell = &shown->cells[strcmp(shown->cells[0].scenario, "idle/a") != 0];
    assert_string_equal(cell->dir, "idle-a--p-none--7");
    assert_string_equal(cell->texts.items[0].text, "gone");
    run_result_free(shown);
    json_decref(baseline);
    run_result_free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_same_changed_or_new),
        cmocka_unit_test(what_cells_cost),
        cmocka_unit_test(a_run_of_it_has_world_and_seed),
        cmocka_unit_test(the_file_has_one_line_a_cell_sorted),
        cmocka_unit_test(it_is_read_as_a_run),
        cmocka_unit_test(another_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
