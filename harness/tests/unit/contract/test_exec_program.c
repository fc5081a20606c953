// program.json: what is written for a guest is what the guest reads, and nobody else.
#include "contract/program.h"

#include "base/path.h"

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

static char folder[] = "/tmp/test-exec-program-XXXXXX";
static char path[PATH_MAX];

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    path_format(path, "%s/" EXEC_PROGRAM_FILE, folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static char *argv[] = {"sh", "-c", "echo \"$X\"\n\xc3\xa4", "", NULL};
static char *environment[] = {"A=1", "B=", NULL};
static char *writable[] = {"/tmp/with space", NULL};
static int64_t groups[] = {4, 4294967294};

static struct exec_program sample(void)
{
    return (struct exec_program){.argv = argv,
        .environment = environment,
        .writable = writable,
        .folder = "/work",
        .user = 1000,
        .group = 1001,
        .groups = groups,
        .groups_count = 2,
        .umask = 027,
        .terminal = {true, false, true},
        .raw = true,
        .rows = 50,
        .columns = 200,
        .timeout_us = INT64_C(36000000000000)};
}

static void assert_words(char *const *actual, char *const *expected)
{
    for (; *expected != NULL; actual++, expected++)
        assert_string_equal(*actual, *expected);
    assert_null(*actual);
}

// Breaks with: a member that is forgotten on one side, a number that does not fit.
static void what_is_written_is_read(void **state)
{
    (void)state;
    struct error error = {0};
    const struct exec_program written = sample();
    assert_true(exec_program_write(folder, &written, &error));
    struct exec_program *read = exec_program_read(folder, &error);
    assert_non_null(read);
    assert_words(read->argv, argv);
    assert_words(read->environment, environment);
    assert_words(read->writable, writable);
    assert_string_equal(read->folder, "/work");
    assert_int_equal(read->user, 1000);
    assert_int_equal(read->group, 1001);
    assert_int_equal(read->groups_count, 2);
    assert_int_equal(read->groups[1], 4294967294);
    assert_int_equal(read->umask, 027);
    assert_true(read->terminal[0] && !read->terminal[1] && read->terminal[2]);
    assert_true(read->raw && !read->one_output);
    assert_int_equal(read->rows, 50);
    assert_int_equal(read->columns, 200);
    assert_int_equal(read->timeout_us, INT64_C(36000000000000));
    exec_program_free(read);
}

// Breaks with: an environment, with its passwords, that others can read.
static void nobody_else_reads_it(void **state)
{
    (void)state;
    struct error error = {0};
    struct stat attributes;
    const struct exec_program written = sample();
    unlink(path);
    assert_true(exec_program_write(folder, &written, &error));
    assert_int_equal(stat(path, &attributes), 0);
    assert_int_equal(attributes.st_mode & 0777, 0600);
}

// Breaks with: a command that is changed on the way, without a word.
static void what_json_cannot_hold_is_refused(void **state)
{
    (void)state;
    struct error error = {0};
    struct exec_program program = sample();
    program.argv = (char *[]){"ls", "latin-\xe4", NULL};
    assert_false(exec_program_write(folder, &program, &error));
    assert_int_equal(error.category, ERROR_INPUT);
    assert_string_equal(error.text, "the command: the text at 2 is not UTF-8");
}

// Breaks with: a file that is half there and taken for whole.
static void what_is_broken_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "{}", "[1]", "{\"argv\": []}"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct error error = {0};
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        assert_true(fputs(texts[i], file) >= 0);
        assert_int_equal(fclose(file), 0);
        assert_null(exec_program_read(folder, &error));
        assert_int_equal(error.category, ERROR_LAB);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(nobody_else_reads_it),
        cmocka_unit_test(what_json_cannot_hold_is_refused),
        cmocka_unit_test(what_is_broken_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
