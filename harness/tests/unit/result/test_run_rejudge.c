// Stored cells judged again: a cell that left a trace by its trace, one that was never begun as the run knew
// it.
#include "result/rejudge.h"

#include "base/directory.h"
#include "base/duration.h"
#include "base/path.h"
#include "report/report.h"
#include "tests/unit/base/opened.h"
#include "tests/unit/result/sample_files.h"
#include "tests/unit/result/sample_run.h"
#include "tests/unit/verdict/verdict_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test-rejudge-XXXXXX";
static struct folder run_folder;

// `lines` is the trace of a calm cell; NULL: nothing was left of it.
static void store_cell(const char *lines)
{
    char path[PATH_MAX];
    struct error error = {0};
    path_format(path, "%s/idle-hung-up--pqpool-none--1", folder);
    folder_remove(path);
    if (lines == NULL)
        return;
    struct verdict_setup *setup = verdict_setup_new();
    assert_int_equal(mkdir(path, 0700), 0);
    struct folder cell = opened(path);
    assert_true(cell_write(&setup->cell, &cell, &error));
    folder_close(&cell);
    sample_file(path, "events.jsonl", lines);
    sample_capture_and_log(path);
    free(setup);
}

// As it stands in run.json.
static void store_verdict(enum outcome outcome, int64_t virtual_us)
{
    struct error error = {0};
    struct run_result *run = sample_run("virtual");
    struct cell_result *cell = sample_cell(run, "idle/hung-up", "pqpool:none");
    cell->verdict->outcome = outcome;
    cell->verdict->virtual_us = virtual_us;
    assert_true(reports_write(&run_folder, run, &error));
    run_result_free(run);
}

static void what_is_stored_is_judged_again(void **state)
{
    (void)state;
    static const char whole[] = START SENT(1000000, 1) OK(1010000, 1) ROW(1, 1) LEAKED(0) END;
    static const struct {
        enum outcome stored;
        int64_t virtual_us; // 0: it was never begun
        const char *lines;
        enum outcome again;
    } cases[] = {
        {OUTCOME_FAIL, 100 * US_PER_S, whole, OUTCOME_PASS},
        {OUTCOME_PASS, 100 * US_PER_S, START, OUTCOME_ERROR},
        {OUTCOME_PASS, 100 * US_PER_S, NULL, OUTCOME_ERROR},
        {OUTCOME_SKIP, 100 * US_PER_S, whole, OUTCOME_PASS}, // what a fault hits is counted otherwise by now
        {OUTCOME_SKIP, 100 * US_PER_S, START, OUTCOME_ERROR},
        {OUTCOME_SKIP, 0, NULL, OUTCOME_SKIP},
        {OUTCOME_SKIP, 0, whole, OUTCOME_SKIP}, // an earlier run's, when the program was there
        {OUTCOME_ERROR, 100 * US_PER_S, whole, OUTCOME_PASS},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {0};
        store_cell(cases[i].lines);
        store_verdict(cases[i].stored, cases[i].virtual_us);
        struct run_result *run = run_rejudge(&run_folder, &error);
        assert_string_equal(error.text, "");
        if (run->cells[0].verdict->outcome != cases[i].again)
            fail_msg("case %zu: %s", i, outcome_name(run->cells[0].verdict->outcome));
        run_result_free(run);
    }
}

// A watchdog's words are in no trace.
static void what_kept_a_cell_from_its_end_is_kept(void **state)
{
    (void)state;
    struct error error = {0};
    store_cell(START);
    store_verdict(OUTCOME_ERROR, 0);
    struct run_result *run = run_rejudge(&run_folder, &error);
    assert_non_null(run);
    assert_verdict(run->cells[0].verdict, OUTCOME_ERROR, REASONS(""));
    run_result_free(run);
}

static void remove_run(void)
{
    char path[PATH_MAX];
    (void)unlink(path_format(path, "%s/run.json", folder));
}

static void store_other(const char *name, const char *cell_name, const char *lines)
{
    char path[PATH_MAX];
    struct error error;
    struct verdict_setup *setup = verdict_setup_new();
    assert_int_equal(mkdir(path_format(path, "%s/%s", folder, name), 0700), 0);
    struct folder cell = opened(path);
    setup->cell.name = (char *)cell_name;
    assert_true(cell_write(&setup->cell, &cell, &error));
    folder_close(&cell);
    sample_file(path, "events.jsonl", lines);
    sample_capture_and_log(path);
    free(setup);
}

static void expect_counts(size_t passed, size_t errors, size_t not_run)
{
    struct error error = {0};
    struct run_result *run = run_rejudge(&run_folder, &error);
    assert_string_equal(error.text, "");
    struct outcome_counts counts = run_result_count(run);
    assert_int_equal(counts.passed, passed);
    assert_int_equal(counts.errors, errors);
    assert_int_equal(counts.not_run, not_run);
    run_result_free(run);
}

// Breaks with: a report that needs run.json, or believes that it knows all cells; a folder that is a copy, or
// whose trace breaks off, taken for a cell.
static void what_a_killed_run_left_is_found(void **state)
{
    (void)state;
    static const char whole[] = START SENT(1000000, 1) OK(1010000, 1) ROW(1, 1) LEAKED(0) END;
    struct error error = {0};
    remove_run();
    store_cell(NULL);
    assert_null(run_rejudge(&run_folder, &error));
    assert_non_null(strstr(error.text, "neither a run.json nor the folder of a cell"));
    store_other("a", "a", whole);
    store_other("b", "b", START);
    store_other("c", "elsewhere", whole);
    store_other("d", "d", START "{\"at_us\":9,\"event\":\"failed\",\"error\":\"killed\"}\n");
    expect_counts(1, 1, 1);
    // An older run.json knows another one.
    store_cell(whole);
    store_verdict(OUTCOME_PASS, 100 * US_PER_S);
    expect_counts(2, 1, 1);
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    run_folder = opened(folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_close(&run_folder);
    folder_remove(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_stored_is_judged_again),
        cmocka_unit_test(what_kept_a_cell_from_its_end_is_kept),
        cmocka_unit_test(what_a_killed_run_left_is_found),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
