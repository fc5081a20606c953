// Files that may come from anywhere: each kind that is not a plain file is refused at once, and no link is
// followed.
#include "base/stored_file.h"

#include "base/directory.h"
#include "base/path.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[PATH_MAX];

static int set_up(void **state)
{
    char made[] = "/tmp/hangup-test-stored-XXXXXX";
    (void)state;
    return mkdtemp(made) != NULL && realpath(made, root) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(root);
    return 0;
}

static char *in_root(const char *name)
{
    static char path[PATH_MAX];
    return path_format(path, "%s/%s", root, name);
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(in_root(name), "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void refused(const char *name, const char *why)
{
    struct error error = {0};
    assert_int_equal(stored_file_open(in_root(name), ERROR_INPUT, &error), -1);
    if (strstr(error.text, why) == NULL || strstr(error.text, in_root(name)) != error.text)
        fail_msg("%s: expected '%s', actual '%s'", name, why, error.text);
    assert_int_equal(error.category, ERROR_INPUT);
}

// Breaks with: a FIFO that is waited for, a link that is followed, in the last component or before it.
static void only_plain_files_are_opened(void **state)
{
    (void)state;
    struct error error;
    put("plain", "text");
    int fd = stored_file_open(in_root("plain"), ERROR_LAB, &error);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(mkfifo(in_root("fifo"), 0600), 0);
    assert_int_equal(mkdir(in_root("folder"), 0700), 0);
    put("folder/inside", "text");
    assert_int_equal(symlink("plain", in_root("link")), 0);
    assert_int_equal(symlink("/dev/zero", in_root("zero")), 0);
    assert_int_equal(symlink("folder", in_root("elsewhere")), 0);
    assert_int_equal(symlink("loop", in_root("loop")), 0);
    int large = open(in_root("large"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(ftruncate(large, STORED_FILE_MAX + 1), 0);
    close(large);
    refused("fifo", "expected a regular file");
    refused("folder", "expected a regular file");
    refused("link", "a link: expected the file itself");
    refused("zero", "a link: expected the file itself");
    refused("elsewhere/inside", "a link: expected the file itself");
    refused("loop", "a link: expected the file itself");
    refused("large", "larger than 1 GB");
    refused("missing", "No such file or directory");
}

static void a_folder_is_found_through_links(void **state)
{
    (void)state;
    char folder[PATH_MAX];
    struct error error;
    assert_true(stored_folder_find(in_root("elsewhere"), ERROR_INPUT, folder, &error));
    assert_string_equal(folder, in_root("folder"));
    assert_false(stored_folder_find(in_root("plain"), ERROR_INPUT, folder, &error));
    assert_non_null(strstr(error.text, "expected a folder"));
    assert_false(stored_folder_find(in_root("missing"), ERROR_INPUT, folder, &error));
}

static void names_are_one_plain_component(void **state)
{
    (void)state;
    static const char *const plain[] = {
        "a", "idle-hung-up--pqpool-none--7", "...", ".hidden", "a b", "\xc3\xa4"};
    static const char *const others[] = {
        "", ".", "..", "/", "a/b", "/a", "a/", "../a", "a\nb", "a\x1b[31m", "a\x7f"};
    char longest[NAME_MAX + 2];
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        assert_true(stored_name_is_plain(plain[i]));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(stored_name_is_plain(others[i]));
    memset(longest, 'x', sizeof(longest));
    longest[NAME_MAX + 1] = '\0';
    assert_false(stored_name_is_plain(longest));
    longest[NAME_MAX] = '\0';
    assert_true(stored_name_is_plain(longest));
}

// Breaks with: a file of a cell that is a link and comes along.
static void only_files_are_taken(void **state)
{
    (void)state;
    struct error error;
    char from[PATH_MAX], to[PATH_MAX];
    assert_int_equal(mkdir(in_root("cell"), 0700), 0);
    put("cell/events.jsonl", "{}");
    assert_int_equal(symlink("/etc/passwd", in_root("cell/plan.json")), 0);
    path_format(from, "%s/cell", root);
    path_format(to, "%s/copy", root);
    assert_true(folder_take_files(from, to, &error));
    assert_int_equal(access(in_root("copy/events.jsonl"), R_OK), 0);
    assert_int_not_equal(access(in_root("copy/plan.json"), F_OK), 0);
    assert_true(folder_take_files(from, to, &error)); // once more
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_plain_files_are_opened),
        cmocka_unit_test(a_folder_is_found_through_links),
        cmocka_unit_test(names_are_one_plain_component),
        cmocka_unit_test(only_files_are_taken),
    };
    return cmocka_run_group_tests_name("stored_file", tests, set_up, tear_down);
}
