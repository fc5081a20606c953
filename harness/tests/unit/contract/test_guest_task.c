// task.json: what is written for a guest is what the guest reads, and a broken one is refused.
#include "contract/task.h"

#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test-guest-task-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    char path[PATH_MAX];
    unlink(path_format(path, "%s/task.json", folder));
    return rmdir(folder);
}

static void write_file(const char *text)
{
    char path[PATH_MAX];
    FILE *file = fopen(path_format(path, "%s/task.json", folder), "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

// Breaks with: a kind that is not written, a path that is not quoted for JSON.
static void what_is_written_is_read(void **state)
{
    (void)state;
    static const struct guest_task tasks[] = {
        {GUEST_TASK_CELL, "/root/.cache/hangup/database/15-0011"},
        {GUEST_TASK_TEMPLATE, ""},
        {GUEST_TASK_CELL, "/with \"quotes\" and \\/\xc3\xa4"},
    };
    for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
        struct guest_task task = {0};
        struct error error = {0};
        assert_true(guest_task_write(folder, &tasks[i], &error));
        assert_true(guest_task_read(folder, &task, &error));
        assert_int_equal(task.kind, tasks[i].kind);
        assert_string_equal(task.database, tasks[i].database);
    }
}

// Breaks with: a kind that is guessed where it is unknown, a member that may be left out.
static void broken_tasks_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"task\": \"cell\"}",
        "{\"database\": \"/x\"}",
        "{\"task\": 1, \"database\": \"/x\"}",
        "{\"task\": \"cell\", \"database\": null}",
        "{\"task\": \"nonsense\", \"database\": \"/x\"}",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct guest_task task = {0};
        struct error error = {0};
        write_file(texts[i]);
        assert_false(guest_task_read(folder, &task, &error));
        assert_int_equal(error.category, ERROR_LAB);
        assert_non_null(strstr(error.text, "task.json"));
    }
}

static void a_missing_folder_is_an_error(void **state)
{
    (void)state;
    struct guest_task task = {0};
    struct error error = {0};
    assert_false(guest_task_write("/nonexistent", &task, &error));
    assert_int_equal(error.category, ERROR_LAB);
    assert_false(guest_task_read("/nonexistent", &task, &error));
    assert_non_null(strstr(error.text, "/nonexistent/task.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(broken_tasks_are_refused),
        cmocka_unit_test(a_missing_folder_is_an_error),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
