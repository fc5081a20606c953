// What PID 1 does in a data directory of which the server may have made anything.
#include "fault/held_file.h"

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

#define CONTENT "8 bytes!"

// Below a folder of its own: data/pg_logical/replorigin_checkpoint, and outside/replorigin_checkpoint, which
// is nobody's business.
static char home[64], data[96], file[192], folder[128], outside[96], victim[192];

static void write_text(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

static void holds(const char *path, const char *text)
{
    char read[32] = "";
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    assert_int_equal(fread(read, 1, sizeof(read) - 1, stream), strlen(text));
    fclose(stream);
    assert_string_equal(read, text);
}

static int set_up(void **state)
{
    (void)state;
    snprintf(home, sizeof(home), "/tmp/held-XXXXXX");
    assert_non_null(mkdtemp(home));
    snprintf(data, sizeof(data), "%s/data", home);
    snprintf(folder, sizeof(folder), "%s/pg_logical", data);
    snprintf(file, sizeof(file), "%s/replorigin_checkpoint", folder);
    snprintf(outside, sizeof(outside), "%s/outside", home);
    snprintf(victim, sizeof(victim), "%s/replorigin_checkpoint", outside);
    assert_int_equal(mkdir(data, 0700) | mkdir(folder, 0700) | mkdir(outside, 0700), 0);
    write_text(file, CONTENT);
    write_text(victim, "untouched");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(file);
    unlink(folder);
    rmdir(folder);
    rmdir(data);
    unlink(victim);
    rmdir(outside);
    return rmdir(home);
}

// Breaks with: content that gets lost, a reader that is not held.
static void a_reader_waits_for_what_was_there(void **state)
{
    (void)state;
    struct error error;
    struct held_file held;
    struct stat pipe;
    char read_back[32] = "";
    assert_true(held_file_take(&held, data, &error));
    assert_int_equal(lstat(file, &pipe), 0);
    assert_true(S_ISFIFO(pipe.st_mode));
    int reader = open(file, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_true(held_file_release(&held, &error));
    assert_int_equal(read(reader, read_back, sizeof(read_back)), strlen(CONTENT));
    assert_string_equal(read_back, CONTENT);
    close(reader);
    held_file_close(&held);
}

// Breaks with: a path that is looked up with links.
static void a_link_is_not_followed(void **state)
{
    (void)state;
    struct error error;
    struct held_file held;
    unlink(file);
    assert_int_equal(symlink(victim, file), 0);
    assert_false(held_file_take(&held, data, &error));
    held_file_close(&held);
    unlink(file);
    rmdir(folder);
    assert_int_equal(symlink(outside, folder), 0);
    assert_false(held_file_take(&held, data, &error));
    held_file_close(&held);
    holds(victim, "untouched");
}

// Breaks with: a file that is opened before its kind is known, and a PID 1 that waits in it for ever.
static void a_pipe_holds_nobody_up(void **state)
{
    (void)state;
    struct error error;
    struct held_file held;
    unlink(file);
    assert_int_equal(mkfifo(file, 0600), 0);
    assert_false(held_file_take(&held, data, &error));
    held_file_close(&held);
}

// Breaks with: a pipe that is looked up anew at the end, wherever its folder leads by then.
static void what_takes_the_pipes_place_is_not_written_to(void **state)
{
    (void)state;
    struct error error;
    struct held_file held;
    assert_true(held_file_take(&held, data, &error));
    unlink(file);
    assert_int_equal(symlink(victim, file), 0);
    assert_false(held_file_release(&held, &error));
    unlink(file);
    write_text(file, "a file");
    assert_false(held_file_release(&held, &error));
    holds(file, "a file");
    holds(victim, "untouched");
    held_file_close(&held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reader_waits_for_what_was_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_is_not_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pipe_holds_nobody_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_takes_the_pipes_place_is_not_written_to, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
