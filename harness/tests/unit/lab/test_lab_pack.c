// A folder that is packed and unpacked is the same folder; a pack that is cut off is refused.
#include "lab/pack.h"

#include "base/directory.h"
#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test-pack-XXXXXX";

static char *below(const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned next;
    return path_format(paths[next++ % 4], "%s/%s", folder, name);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
    FILE *file = fopen(below(name), "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(below(name), mode), 0);
}

static void check_file(const char *name, const char *text, mode_t mode)
{
    char read[100] = "";
    struct stat attributes;
    FILE *file = fopen(below(name), "re");
    assert_non_null(file);
    (void)!fread(read, 1, sizeof(read) - 1, file);
    fclose(file);
    assert_string_equal(read, text);
    assert_int_equal(stat(below(name), &attributes), 0);
    assert_int_equal(attributes.st_mode & 07777, mode);
}

static int set_up(void **state)
{
    (void)state;
    struct error error = {0};
    if (mkdtemp(folder) == NULL || !folder_make(below("from/deep/er"), ERROR_LAB, &error))
        return -1;
    write_file("from/a file", "one\ntwo\n", 0600);
    write_file("from/deep/er/f 600 9 x", "e 0 0 .\n", 0640);
    write_file("from/empty", "", 0644);
    return chmod(below("from/deep"), 0700);
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

// Breaks with: a name with blanks, a content that looks like an entry, a mode that is lost.
static void a_folder_is_the_same_again(void **state)
{
    (void)state;
    struct error error = {0};
    struct stat attributes;
    umask(022);
    assert_true(lab_pack(below("from"), below("pack"), &error));
    assert_int_equal(mkdir(below("to"), 0700), 0);
    assert_true(lab_unpack(below("pack"), below("to"), getuid(), &error));
    check_file("to/a file", "one\ntwo\n", 0600);
    check_file("to/deep/er/f 600 9 x", "e 0 0 .\n", 0640);
    check_file("to/empty", "", 0644);
    assert_int_equal(stat(below("to/deep"), &attributes), 0);
    assert_int_equal(attributes.st_mode & 07777, 0700);
}

static void a_pack_that_is_cut_off_is_refused(void **state)
{
    (void)state;
    struct error error = {0};
    struct stat attributes;
    assert_true(lab_pack(below("from"), below("pack"), &error));
    assert_int_equal(stat(below("pack"), &attributes), 0);
    for (off_t length = attributes.st_size - 1; length >= 0; length -= 9) {
        assert_int_equal(truncate(below("pack"), length), 0);
        folder_remove(below("cut"));
        assert_int_equal(mkdir(below("cut"), 0700), 0);
        if (lab_unpack(below("pack"), below("cut"), getuid(), &error))
            assert_int_equal(length, attributes.st_size - 1); // without its last newline
    }
}

static void other_kinds_of_files_are_refused(void **state)
{
    (void)state;
    struct error error = {0};
    assert_int_equal(symlink("a file", below("from/link")), 0);
    assert_false(lab_pack(below("from"), below("pack"), &error));
    assert_int_equal(unlink(below("from/link")), 0);
    assert_false(lab_pack(below("nowhere"), below("pack"), &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_is_the_same_again),
        cmocka_unit_test(a_pack_that_is_cut_off_is_refused),
        cmocka_unit_test(other_kinds_of_files_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
