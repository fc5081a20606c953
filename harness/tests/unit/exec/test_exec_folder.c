// What hangup exec has left is told again from its folder, and what is missing there is named.
#include "exec/folder.h"

#include "base/directory.h"
#include "base/path.h"
#include "exec/report.h"
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

#define WALL_S 24.941469

static const char yaml[] = "claim: c\nnetwork: {rtt: 10ms}\nworkload: [{at: 1s, insert: 1}]\nrun_for: 9s\n"
                           "faults: [{at: 1s, rst: both}, {at: 5s, silence: both}]\n"
                           "expect: {any: {errors: 0}}\n";

static const char trace[] =
    "{\"at_us\":0,\"event\":\"program-started\",\"zero_realtime_us\":1798761600000000}\n"
    "{\"at_us\":1000000,\"event\":\"fault-applied\",\"fault\":0,\"kind\":\"rst\"}\n"
    "{\"at_us\":3000000,\"event\":\"program-exited\",\"status\":4}\n"
    "{\"at_us\":3000001,\"event\":\"fault-reverted\",\"fault\":0,\"hits\":2}\n"
    "{\"at_us\":3000002,\"event\":\"leaked-backends\",\"count\":1}\n"
    "{\"at_us\":3000003,\"event\":\"end\",\"reason\":\"done\"}\n";

struct folder_of_exec {
    char path[32];
    struct folder opened;
    json_t *told; // when the program had ended
};

static char *text_of(const char *folder, const char *name)
{
    static char text[8192];
    char path[PATH_MAX];
    FILE *file = fopen(path_format(path, "%s/%s", folder, name), "re");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    return text;
}

static void remove_file(const char *folder, const char *name)
{
    char path[PATH_MAX];
    assert_int_equal(unlink(path_format(path, "%s/%s", folder, name)), 0);
}

// As hangup exec does it: the plan before, the report behind the trace.
static int set_up(void **state)
{
    static char path[] = "scenarios/idle/x.yaml", name[] = EXEC_SUBJECT, text[] = "none",
                *words[] = {text, NULL};
    static struct folder_of_exec folder;
    struct error error = {0};
    folder = (struct folder_of_exec){.path = "/tmp/hangup-test-XXXXXX"};
    assert_non_null(mkdtemp(folder.path));
    folder.opened = opened(folder.path);
    struct cell cell = {.name = name,
        .scenario = scenario_parse(path, yaml, strlen(yaml), &error),
        .subject = name,
        .strategy = text,
        .strategy_class = text,
        .command = words,
        .differs = words + 1,
        .seed = 8};
    assert_string_equal(error.text, "");
    assert_true(cell_write(&cell, &folder.opened, &error));
    sample_file(folder.path, "events.jsonl", trace);
    sample_capture_and_log(folder.path);
    folder.told = exec_report_make(&cell, &folder.opened, WALL_S, &error);
    assert_non_null(folder.told);
    assert_true(exec_folder_write(&folder.opened, folder.told, &error));
    assert_true(exec_folder_is(&folder.opened));
    scenario_free(cell.scenario);
    *state = &folder;
    return 0;
}

static int tear_down(void **state)
{
    struct folder_of_exec *folder = *state;
    json_decref(folder->told);
    folder_close(&folder->opened);
    folder_remove(folder->path);
    return 0;
}

// Breaks with: a wall time or a folder that is another one the second time, a fault of the plan that is
// forgotten.
static void the_report_is_told_again(void **state)
{
    const struct folder_of_exec *folder = *state;
    char roundabout[64];
    struct error error = {0};
    snprintf(roundabout, sizeof(roundabout), "%s/../%s", folder->path, strrchr(folder->path, '/') + 1);
    char *before = strdup(text_of(folder->path, "exec.json"));
    struct folder same = opened(roundabout);
    json_t *again = exec_folder_report(&same, &error);
    folder_close(&same);
    assert_string_equal(error.text, "");
    assert_true(json_equal(again, folder->told));
    assert_int_equal(json_array_size(json_object_get(again, "faults")), 2);
    assert_true(exec_folder_write(&folder->opened, again, &error));
    assert_string_equal(text_of(folder->path, "exec.json"), before);
    json_decref(again);
    free(before);
}

// Breaks with: a report that is copied from exec.json.
static void the_trace_is_what_counts(void **state)
{
    const struct folder_of_exec *folder = *state;
    struct error error = {0};
    sample_file(folder->path, "exec.json", "{\"wall_s\": 2.5, \"status\": 77}");
    json_t *again = exec_folder_report(&folder->opened, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(json_integer_value(json_object_get(again, "status")), 4);
    assert_true(json_number_value(json_object_get(again, "wall_s")) == 2.5);
    json_decref(again);
}

// Killed while the program ran: no exec.json, and a trace that breaks off. Breaks with: a folder that nothing
// opens.
static void a_killed_one_is_told_of(void **state)
{
    const struct folder_of_exec *folder = *state;
    struct error error = {0};
    remove_file(folder->path, "exec.json");
    sample_file(folder->path, "events.jsonl",
        "{\"at_us\":0,\"event\":\"program-started\",\"zero_realtime_us\":1798761600000000}\n");
    assert_true(exec_folder_is(&folder->opened));
    json_t *report = exec_folder_report(&folder->opened, &error);
    assert_string_equal(error.text, "");
    assert_non_null(strstr(
        json_string_value(json_object_get(report, "failure")), "the guest ended before the program did"));
    assert_null(json_object_get(report, "wall_s"));
    assert_null(json_object_get(report, "status"));
    json_decref(report);
    remove_file(folder->path, "plan.json");
    assert_false(exec_folder_is(&folder->opened));
}

static void what_cannot_be_read_is_named(void **state)
{
    const struct folder_of_exec *folder = *state;
    static const struct {
        const char *file, *text; // NULL: it is not there
        enum error_category category;
        const char *why;
    } cases[] = {
        {"exec.json", "{\"wall_s\": \"long\"}", ERROR_INPUT, "wall_s: expected a number of seconds"},
        {"exec.json", "{}", ERROR_INPUT, "wall_s: expected a number of seconds"},
        {"plan.json", NULL, ERROR_INPUT, "No such file or directory"},
        {"plan.json", "{}", ERROR_INPUT, "Object item not found: schema"},
        {"events.jsonl", NULL, ERROR_LAB, "No such file or directory"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {0};
        char *whole = strdup(text_of(folder->path, cases[i].file));
        if (cases[i].text != NULL)
            sample_file(folder->path, cases[i].file, cases[i].text);
        else
            remove_file(folder->path, cases[i].file);
        assert_null(exec_folder_report(&folder->opened, &error));
        if (strstr(error.text, cases[i].file) == NULL || strstr(error.text, cases[i].why) == NULL)
            fail_msg("%s: %s: said: %s", cases[i].file, cases[i].why, error.text);
        assert_int_equal(error.category, cases[i].category);
        sample_file(folder->path, cases[i].file, whole);
        free(whole);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_report_is_told_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_trace_is_what_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_killed_one_is_told_of, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_named, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("exec_folder", tests, NULL, NULL);
}
