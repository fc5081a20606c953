// The verdict on a stored cell, from the files in its folder.
#include "tests/unit/verdict/verdict_fixture.h"

#include "base/directory.h"
#include "tests/unit/base/opened.h"
#include "tests/unit/result/sample_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const cell_files[] = {"plan.json", "events.jsonl", "capture.pcap", "postgres.log"};

static void write_cell(const char *folder)
{
    struct verdict_setup *setup = verdict_setup_new();
    json_t *plan = cell_to_json(&setup->cell);
    char *text = json_dumps(plan, JSON_INDENT(1));
    sample_file(folder, "plan.json", text);
    sample_file(folder, "events.jsonl", START SENT(1000000, 1) OK(1010000, 1) ROW(1, 1) LEAKED(0) END);
    sample_capture_and_log(folder);
    free(text);
    json_decref(plan);
    free(setup);
}

// Each file of a cell's folder is needed; without it the verdict is an error that names it.
static void a_stored_cell_is_judged_from_its_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/hangup-test-XXXXXX", path[128];
    assert_non_null(mkdtemp(folder));
    write_cell(folder);
    struct folder cell = opened(folder);
    struct verdict *verdict = verdict_of_folder(&cell);
    assert_verdict(verdict, OUTCOME_PASS, NO_REASONS);
    assert_int_equal(verdict->metrics.value[METRIC_OK], 1);
    assert_int_equal(verdict->metrics.value[METRIC_CONNECTS], 1);
    assert_int_equal(verdict->metrics.value[METRIC_SWALLOWED], 0);
    verdict_free(verdict);
    for (size_t i = 0; i < 4; i++) {
        write_cell(folder);
        snprintf(path, sizeof(path), "%s/%s", folder, cell_files[i]);
        assert_int_equal(unlink(path), 0);
        verdict = verdict_of_folder(&cell);
        assert_string_equal(outcome_name(verdict->outcome), "error");
        assert_int_equal(verdict->reasons_count, 1);
        assert_non_null(strstr(verdict->reasons[0], path));
        verdict_free(verdict);
    }
    folder_close(&cell);
    folder_remove(folder);
}

// Breaks with: `Cannot find module` that stays in a file which nobody names.
static void an_adapter_that_broke_has_the_last_word(void **state)
{
    (void)state;
    char folder[] = "/tmp/hangup-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    write_cell(folder);
    sample_file(folder, "events.jsonl",
        START "{\"at_us\":5,\"event\":\"subject-broken\",\"reason\":\"exited\"}\n" END);
    sample_file(folder, "subject.log", "starts\nError: Cannot find module 'pg'\n    at Module (a.js:1)\n\n");
    struct folder cell = opened(folder);
    struct verdict *verdict = verdict_of_folder(&cell);
    assert_int_equal(verdict->outcome, OUTCOME_ERROR);
    assert_string_equal(
        verdict->reasons[verdict->reasons_count - 1], "subject.log: Error: Cannot find module 'pg'");
    verdict_free(verdict);
    folder_close(&cell);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stored_cell_is_judged_from_its_folder),
        cmocka_unit_test(an_adapter_that_broke_has_the_last_word),
    };
    return cmocka_run_group_tests_name("verdict_folder", tests, NULL, NULL);
}
