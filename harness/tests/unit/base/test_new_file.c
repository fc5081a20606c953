// A new file is new: a link, a FIFO or a file of that name is replaced and not written to, a folder refused.
// Breaks with: O_TRUNC in the place of O_EXCL.
#include "base/new_file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int go_to_a_folder(void **state)
{
    static char folder[] = "/tmp/hangup-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    *state = folder;
    return 0;
}

static int remove_the_folder(void **state)
{
    static const char *const names[] = {"victim", "link", "fifo", "file"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        (void)unlink(names[i]);
    (void)rmdir("folder");
    return rmdir(*state);
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(name, "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static off_t size_of(const char *name)
{
    struct stat attributes;
    assert_int_equal(lstat(name, &attributes), 0);
    assert_true(S_ISREG(attributes.st_mode));
    return attributes.st_size;
}

static void what_has_the_name_is_replaced(void **state)
{
    (void)state;
    static const char *const names[] = {"link", "fifo", "file", "none"};
    struct error error;
    put("victim", "kept");
    put("file", "old words");
    assert_int_equal(symlink("victim", "link"), 0);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int fd = new_file_open(names[i], O_WRONLY, 0600, &error);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, "new", 3), 3);
        close(fd);
        assert_int_equal(size_of(names[i]), 3);
    }
    assert_int_equal(size_of("victim"), 4);
    unlink("none");
}

static void a_folder_is_not_removed(void **state)
{
    (void)state;
    struct error error;
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(new_file_open("folder", O_WRONLY, 0600, &error), -1);
    assert_int_equal(error.category, ERROR_LAB);
    assert_non_null(strstr(error.text, "folder"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_the_name_is_replaced), cmocka_unit_test(a_folder_is_not_removed)};
    return cmocka_run_group_tests(tests, go_to_a_folder, remove_the_folder);
}
