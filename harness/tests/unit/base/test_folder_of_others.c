// A folder that somebody else has written: nothing in it leads out of it, hangs, or is more than can be read.
#include "base/directory.h"
#include "base/folder.h"
#include "base/path.h"
#include "tests/unit/base/opened.h"
#include "tests/unit/result/sample_files.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

// root/victim is somebody's file, root/others his folder; root/run is the folder that is read.
struct place {
    char root[64], victim[PATH_MAX], others[PATH_MAX];
    struct folder run;
};

static char *in_run(const struct place *place, const char *name)
{
    static char path[PATH_MAX];
    return path_format(path, "%s/run/%s", place->root, name);
}

static int set_up(void **state)
{
    static struct place place;
    char run[PATH_MAX];
    place = (struct place){.root = "/tmp/hangup-test-XXXXXX"};
    assert_non_null(mkdtemp(place.root));
    path_format(place.victim, "%s/victim", place.root);
    path_format(place.others, "%s/others", place.root);
    sample_file(place.root, "victim", "kept");
    assert_int_equal(mkdir(place.others, 0700), 0);
    sample_file(place.others, "kept", "kept");
    assert_int_equal(mkdir(path_format(run, "%s/run", place.root), 0700), 0);
    place.run = opened(run);
    *state = &place;
    return 0;
}

static void assert_kept(const char *path)
{
    char text[8] = "";
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, "kept");
}

static int tear_down(void **state)
{
    struct place *place = *state;
    char kept[PATH_MAX];
    assert_kept(place->victim);
    assert_kept(path_format(kept, "%s/kept", place->others));
    folder_close(&place->run);
    folder_remove(place->root);
    return access(place->root, F_OK) == 0;
}

static void names_are_plain(void **state)
{
    (void)state;
    static const char *const plain[] = {
        "a", "idle-reset--pqpool-none--7", "run.json", "...", "..a", "-x", "caf\xc3\xa9", "a b"};
    // "a", a character that turns the direction of writing round, "z".
    static const char turned[] = {'a', (char)0xe2, (char)0x80, (char)0xae, 'z', '\0'};
    static const char *const others[] = {"", ".", "..", "/", "a/", "/a", "../a", "a/..", "a\n", "\033[2J",
        "a\177", "\xc2\x9b", "\xff", turned, " a", "a\tb"};
    char longest[FOLDER_NAME_MAX + 2];
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (!folder_name_is_plain(plain[i]))
            fail_msg("plain: %s", plain[i]);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (folder_name_is_plain(others[i]))
            fail_msg("not plain: %zu", i);
    memset(longest, 'a', sizeof(longest));
    longest[FOLDER_NAME_MAX + 1] = '\0';
    assert_false(folder_name_is_plain(longest));
    longest[FOLDER_NAME_MAX] = '\0';
    assert_true(folder_name_is_plain(longest));
}

static void expect_no_file(const struct place *place, const char *name, const char *why)
{
    struct folder_file file;
    struct error error = {0};
    if (folder_open_file(&place->run, name, &file, ERROR_INPUT, &error))
        fail_msg("%s was opened", name);
    if (strstr(error.text, why) == NULL)
        fail_msg("%s: said: %s", name, error.text);
}

static void only_regular_files_are_read(void **state)
{
    const struct place *place = *state;
    assert_int_equal(mkfifo(in_run(place, "fifo"), 0600), 0);
    assert_int_equal(mkdir(in_run(place, "folder"), 0700), 0);
    assert_int_equal(symlink(place->victim, in_run(place, "link")), 0);
    assert_int_equal(symlink("/dev/zero", in_run(place, "zero")), 0);
    assert_int_equal(symlink("loop", in_run(place, "loop")), 0);
    int large = open(in_run(place, "large"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(ftruncate(large, FOLDER_FILE_MAX + 1), 0);
    close(large);
    expect_no_file(place, "fifo", "expected a regular file");
    expect_no_file(place, "folder", "expected a regular file");
    expect_no_file(place, "link", "a link: expected the file itself");
    expect_no_file(place, "zero", "a link: expected the file itself");
    expect_no_file(place, "loop", "a link: expected the file itself");
    expect_no_file(place, "large", "larger than 256 MB");
    expect_no_file(place, "missing", "No such file or directory");
    expect_no_file(place, "../victim", "not a plain name");
    struct folder_file file;
    struct error error;
    sample_file(place->run.path, "good", "text");
    assert_true(folder_open_file(&place->run, "good", &file, ERROR_INPUT, &error));
    assert_int_equal(fgetc(file.stream), 't');
    folder_close_file(&file);
}

static void links_to_folders_are_not_entered(void **state)
{
    const struct place *place = *state;
    struct folder below;
    struct error error;
    assert_int_equal(symlink(place->others, in_run(place, "link")), 0);
    assert_false(folder_enter(&place->run, "link", &below, ERROR_INPUT, &error));
    assert_non_null(strstr(error.text, "run/link: a link: expected the folder itself"));
    assert_false(folder_enter_new(&place->run, "link", &below, &error));
    assert_false(folder_enter(&place->run, "..", &below, ERROR_INPUT, &error));
    assert_false(folder_enter(&place->run, "../others", &below, ERROR_INPUT, &error));
    assert_true(folder_enter_new(&place->run, "new", &below, &error));
    assert_false(folder_is_same(&below, &place->run));
    folder_close(&below);
}

// The folder is the one that was opened, whatever its path leads to by now.
static void the_folder_that_was_opened_counts(void **state)
{
    const struct place *place = *state;
    char moved[PATH_MAX], run[PATH_MAX];
    struct error error;
    path_format(run, "%s/run", place->root);
    assert_int_equal(rename(run, path_format(moved, "%s/moved", place->root)), 0);
    assert_int_equal(symlink(place->others, run), 0);
    assert_true(folder_write_file(&place->run, "kept", "mine", 4, &error));
    assert_true(folder_remove_below(&place->run, "kept", NULL, &error));
    assert_int_equal(unlink(run), 0);
}

static void writing_replaces_and_does_not_write_through(void **state)
{
    const struct place *place = *state;
    struct error error = {0};
    char text[8] = "";
    struct stat attributes;
    // What would be the name of a file beside it is somebody's, too.
    assert_int_equal(symlink(place->victim, in_run(place, "run.json.new")), 0);
    assert_int_equal(symlink(place->victim, in_run(place, "run.json")), 0);
    assert_int_equal(link(place->victim, in_run(place, "junit.xml")), 0);
    assert_true(folder_write_file(&place->run, "run.json", "new", 3, &error));
    assert_true(folder_write_file(&place->run, "junit.xml", "new", 3, &error));
    assert_int_equal(lstat(in_run(place, "run.json"), &attributes), 0);
    assert_true(S_ISREG(attributes.st_mode) && attributes.st_nlink == 1);
    FILE *file = fopen(in_run(place, "run.json"), "re");
    assert_int_equal(fread(text, 1, sizeof(text), file), 3);
    fclose(file);
    assert_string_equal(text, "new");
    assert_false(folder_write_file(&place->run, "../victim", "new", 3, &error));
    assert_int_equal(mkdir(in_run(place, "folder"), 0700), 0);
    assert_false(folder_write_file(&place->run, "folder", "new", 3, &error));
    // Nothing is left beside them.
    char **names = folder_names(&place->run, &error);
    size_t count = 0;
    while (names[count] != NULL)
        count++;
    assert_int_equal(count, 4);
    folder_names_free(names);
}

static void removing_stays_inside(void **state)
{
    const struct place *place = *state;
    struct error error = {0};
    char path[PATH_MAX];
    assert_int_equal(mkdir(in_run(place, "cell"), 0700), 0);
    assert_int_equal(symlink(place->others, in_run(place, "cell/link")), 0);
    assert_int_equal(symlink(place->others, in_run(place, "link")), 0);
    assert_int_equal(mkdir(in_run(place, "cell/below"), 0700), 0);
    sample_file(in_run(place, "cell/below"), "x", "");
    assert_true(folder_remove_below(&place->run, "cell", "plan.json", &error));
    assert_false(folder_has(&place->run, "cell"));
    assert_true(folder_remove_below(&place->run, "link", NULL, &error));
    assert_true(folder_remove_below(&place->run, "missing", NULL, &error));
    assert_false(folder_remove_below(&place->run, "../others", NULL, &error));
    assert_false(folder_remove_below(&place->run, "..", NULL, &error));
    // Deeper than any that hangup makes: said, and not followed without an end.
    path_format(path, "%s/run", place->root);
    for (int i = 0; i < 100; i++) {
        strncat(path, "/d", sizeof(path) - strlen(path) - 1);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    assert_false(folder_remove_below(&place->run, "d", NULL, &error));
    for (; strlen(path) > strlen(place->root) + 4; *strrchr(path, '/') = '\0')
        assert_int_equal(rmdir(path), 0);
}

static void files_get_a_second_name(void **state)
{
    const struct place *place = *state;
    struct folder from, to;
    struct error error = {0};
    assert_true(folder_enter_new(&place->run, "from", &from, &error));
    assert_true(folder_enter_new(&place->run, "to", &to, &error));
    sample_file(from.path, "plan.json", "plan");
    sample_file(to.path, "plan.json", "old");
    assert_int_equal(symlink(place->victim, in_run(place, "from/link")), 0);
    assert_int_equal(mkfifo(in_run(place, "from/fifo"), 0600), 0);
    for (int i = 0; i < 2; i++) { // again: the same file already
        assert_true(folder_link_files(&from, &to, &error));
        char **names = folder_names(&to, &error);
        assert_string_equal(names[0], "plan.json");
        assert_null(names[1]);
        folder_names_free(names);
    }
    struct stat a, b;
    assert_int_equal(stat(in_run(place, "from/plan.json"), &a), 0);
    assert_int_equal(stat(in_run(place, "to/plan.json"), &b), 0);
    assert_true(a.st_ino == b.st_ino);
    folder_close(&from);
    folder_close(&to);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_plain),
        TEST(only_regular_files_are_read),
        TEST(links_to_folders_are_not_entered),
        TEST(the_folder_that_was_opened_counts),
        TEST(writing_replaces_and_does_not_write_through),
        TEST(removing_stays_inside),
        TEST(files_get_a_second_name),
    };
    return cmocka_run_group_tests_name("folder_of_others", tests, NULL, NULL);
}
