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
        {.kind = GUEST_TASK_CELL, .database = "/root/.cache/hangup/database/15-0011"},
        {.kind = GUEST_TASK_TEMPLATE},
        {.kind = GUEST_TASK_CELL, .database = "/with \"quotes\" and \\/\xc3\xa4"},
        {.kind = GUEST_TASK_EXEC, .database = "/x", .host_root = true},
    };
    for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
        struct guest_task task = {0};
        struct error error = {0};
        assert_true(guest_task_write(folder, &tasks[i], &error));
        assert_true(guest_task_read(folder, &task, &error));
        assert_int_equal(task.kind, tasks[i].kind);
        assert_string_equal(task.database, tasks[i].database);
        assert_int_equal(task.host_root, tasks[i].host_root);
        assert_int_equal(task.shown_count, 0);
    }
}

// Breaks with: a place that is shown twice, one too many that is taken.
static void what_is_shown_is_read(void **state)
{
    (void)state;
    struct guest_task task = {.kind = GUEST_TASK_CELL}, again = {0};
    struct error error = {0};
    assert_true(guest_task_show(&task, "/home/me/a \"b\"", "/hangup/adapter", &error));
    assert_true(guest_task_show(&task, "/other", "/hangup/adapter", &error));
    assert_true(guest_task_show(&task, "/home/me/build/x", "/hangup/build/x", &error));
    assert_int_equal(task.shown_count, 2);
    assert_true(guest_task_write(folder, &task, &error));
    assert_true(guest_task_read(folder, &again, &error));
    assert_int_equal(again.shown_count, 2);
    assert_string_equal(again.shown[0].from, "/home/me/a \"b\"");
    assert_string_equal(again.shown[0].at, "/hangup/adapter");
    assert_string_equal(again.shown[1].from, "/home/me/build/x");
    char place[32];
    for (int i = 0; task.shown_count < GUEST_SHOWN_MAX; i++) {
        snprintf(place, sizeof(place), "/hangup/%d", i);
        assert_true(guest_task_show(&task, "/x", place, &error));
    }
    assert_false(guest_task_show(&task, "/x", "/hangup/one-too-many", &error));
    assert_int_equal(error.category, ERROR_INPUT);
    guest_task_free(&task);
    guest_task_free(&again);
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
        "{\"task\": \"nonsense\", \"database\": \"/x\", \"host_root\": false, \"shown\": []}",
        "{\"task\": \"cell\", \"database\": \"/x\", \"shown\": []}",
        "{\"task\": \"cell\", \"database\": \"/x\", \"host_root\": false, \"shown\": [1]}",
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
        cmocka_unit_test(what_is_shown_is_read),
        cmocka_unit_test(broken_tasks_are_refused),
        cmocka_unit_test(a_missing_folder_is_an_error),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
