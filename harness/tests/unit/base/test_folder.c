// Folders: made with all above them, removed with all in them, and what lies behind a link is left alone.
#include "base/directory.h"

#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static int set_up(void **state)
{
    static char root[] = "/tmp/hangup-test-folder-XXXXXX";
    *state = mkdtemp(root);
    return *state == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    folder_remove(*state);
    return access(*state, F_OK) == 0 ? -1 : 0;
}

static void makes_all_above(void **state)
{
    char path[PATH_MAX];
    struct error error;
    path_format(path, "%s/a/b/c", (char *)*state);
    assert_true(folder_make(path, ERROR_LAB, &error));
    assert_int_equal(access(path, W_OK), 0);
    assert_true(folder_make(path, ERROR_LAB, &error)); // again
}

static void says_what_stands_in_the_way(void **state)
{
    char file[PATH_MAX], path[PATH_MAX];
    struct error error;
    FILE *created = fopen(path_format(file, "%s/file", (char *)*state), "w");
    assert_non_null(created);
    fclose(created);
    assert_false(folder_make(path_format(path, "%s/file/below", (char *)*state), ERROR_INPUT, &error));
    assert_int_equal(error.category, ERROR_INPUT);
    char expected[PATH_MAX];
    assert_string_equal(error.text, path_format(expected, "%s: Not a directory", path));
}

static void does_not_follow_links(void **state)
{
    char kept[PATH_MAX], removed[PATH_MAX], link[PATH_MAX];
    struct error error;
    assert_true(folder_make(path_format(kept, "%s/kept", (char *)*state), ERROR_LAB, &error));
    assert_true(folder_make(path_format(removed, "%s/removed", (char *)*state), ERROR_LAB, &error));
    assert_int_equal(symlink(kept, path_format(link, "%s/link", removed)), 0);
    folder_remove(removed);
    assert_int_not_equal(access(removed, F_OK), 0);
    assert_int_equal(access(kept, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_all_above),
        cmocka_unit_test(says_what_stands_in_the_way),
        cmocka_unit_test(does_not_follow_links),
    };
    return cmocka_run_group_tests_name("folder", tests, set_up, tear_down);
}
