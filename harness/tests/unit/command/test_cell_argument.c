// CELL on a command line: a folder is taken as it is; scenario/subject/seed is the newest cell of that name.
#include "command/cell_argument.h"

#include "base/directory.h"
#include "base/path.h"
#include "tests/unit/result/sample_files.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define CELL "idle-silence--pqpool-none--7"

static char results[] = "/tmp/test-cell-argument-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    memcpy(strrchr(results, '-'), "-XXXXXX", sizeof("-XXXXXX"));
    return mkdtemp(results) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(results);
    return 0;
}

// A run with that cell, whose last event was written at `when`.
static void store_cell(const char *run, const char *cell, time_t when)
{
    char path[PATH_MAX];
    struct error error = {0};
    const struct timespec times[] = {{.tv_sec = when}, {.tv_sec = when}};
    assert_true(folder_make(path_format(path, "%s/%s/%s", results, run, cell), ERROR_LAB, &error));
    sample_file(path, "events.jsonl", "{}\n");
    path_format(path, "%s/%s/%s/events.jsonl", results, run, cell);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static const char *find(const char *word)
{
    static char path[PATH_MAX];
    struct error error = {0};
    assert_true(cell_argument_find(results, word, path, &error));
    assert_string_equal(error.text, "");
    return path;
}

// Breaks with: a folder whose name is read as something else; a name without a colon that is.
static void a_folder_is_itself(void **state)
{
    (void)state;
    char odd[PATH_MAX];
    struct error error = {0};
    assert_true(folder_make(path_format(odd, "%s/a/b:c/7", results), ERROR_LAB, &error));
    assert_string_equal(find(odd), odd);
    assert_string_equal(find("results/nothing/here"), "results/nothing/here");
}

// Breaks with: the first or the last run by name; a cell of another seed, or one that only begins so.
static void the_newest_is_found(void **state)
{
    (void)state;
    char wanted[PATH_MAX];
    store_cell("a", CELL, 1000);
    store_cell("b", CELL, 3000);
    store_cell("c", CELL, 2000);
    store_cell("d", "idle-silence--pqpool-none--77", 4000);
    store_cell("e", CELL "--undisturbed", 5000);
    path_format(wanted, "%s/b/" CELL, results);
    assert_string_equal(find("idle/silence/pqpool:none/7"), wanted);
}

// Breaks with: a link that is followed, out of the results.
static void links_are_not_followed(void **state)
{
    (void)state;
    char link[PATH_MAX], target[PATH_MAX], wanted[PATH_MAX];
    store_cell("a", CELL, 1000);
    store_cell("b/c", CELL, 2000);
    path_format(target, "%s/b/c", results);
    assert_int_equal(symlink(target, path_format(link, "%s/d", results)), 0);
    path_format(wanted, "%s/a/" CELL, results);
    assert_string_equal(find("idle/silence/pqpool:none/7"), wanted);
}

static void what_is_not_there_is_said(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"idle/silence/pqpool:none", "expected a cell's folder, or scenario/subject/seed"},
        {"idle/silence/pqpool:none/seven", "expected a cell's folder, or scenario/subject/seed"},
        {"pqpool:none/7", "expected a cell's folder, or scenario/subject/seed"},
        {"/pqpool:none/7", "expected a cell's folder, or scenario/subject/seed"},
        {"idle/silence:x/pqpool/7", "expected a cell's folder, or scenario/subject/seed"},
        {"idle/silence/pqpool:none/7", "hangup run idle/silence --subject pqpool:none --seed 7` makes one"},
        {"it's/pqpool:none/7", " run 'it'\\''s' --subject pqpool:none --seed 7` makes one"},
    };
    store_cell("a", "idle-silence--pqpool-none--8", 1000);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char path[PATH_MAX];
        struct error error = {0};
        assert_false(cell_argument_find(results, cases[i][0], path, &error));
        assert_int_equal(error.category, ERROR_INPUT);
        if (strstr(error.text, cases[i][1]) == NULL)
            fail_msg("%s: said: %s", cases[i][0], error.text);
    }
}

static void without_results_nothing_is_found(void **state)
{
    (void)state;
    char path[PATH_MAX];
    struct error error = {0};
    assert_false(cell_argument_find("/nonexistent/results", "idle/silence/pqpool:none/7", path, &error));
    assert_non_null(strstr(error.text, "no run below /nonexistent/results has it"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_folder_is_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_newest_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_are_not_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_results_nothing_is_found, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("cell_argument", tests, NULL, NULL);
}
