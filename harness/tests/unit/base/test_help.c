// Help and printed commands: as wide as the terminal, and right when they are pasted.
#include "base/help.h"
#include "base/invocation.h"
#include "base/terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *print_help(const char *help)
{
    char *text;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    assert_non_null(memory);
    help_print(memory, help);
    assert_int_equal(fclose(memory), 0);
    return text;
}

static void assert_help(const char *columns, const char *help, const char *expected)
{
    assert_int_equal(setenv("COLUMNS", columns, 1), 0);
    char *text = print_help(help);
    assert_string_equal(text, expected);
    free(text);
}

// Breaks with: a line that is wider than the terminal, bytes counted for characters, a broken word.
static void prose_fits_the_terminal(void **state)
{
    (void)state;
    assert_help("20", "one two three four five\n", "one two three four\nfive\n");
    assert_help("9", "ähm ähm ähm\n", "ähm ähm\nähm\n");
    assert_help("5", "one unbreakable\n", "one\nunbreakable\n");
    assert_help("80", "one\n\ntwo\n", "one\n\ntwo\n");
}

// Breaks with: a second line that does not stand below the description.
static void an_option_goes_on_below_its_description(void **state)
{
    (void)state;
    assert_help("24", "  --seed N   of all chance in it\n",
        "  --seed N   of all\n             chance in\n             it\n");
}

// Breaks with: a name that the reader's shell does not know, a command in two lines, prose that is taken for
// a command.
static void commands_bear_the_callers_name(void **state)
{
    (void)state;
    invocation_remember("build/hangup");
    assert_help("80", "usage: hangup run\n", "usage: build/hangup run\n");
    assert_help("80", "       hangup fault\n", "       build/hangup fault\n");
    assert_help("80", "`hangup run`, and hangup itself\n", "`build/hangup run`, and hangup itself\n");
    assert_help("10", "  hangup fault silence --for 30s\n",
        "  build/hangup \\\n    fault \\\n    silence \\\n    --for \\\n    30s\n");
    invocation_remember("./my tools/hangup");
    assert_help("80", "`hangup run`\n", "`'./my tools/hangup' run`\n");
    invocation_remember(NULL);
    assert_string_equal(invocation_name(), "'./my tools/hangup'");
}

// Breaks with: a character that a shell takes for its own.
static void words_are_quoted_for_a_shell(void **state)
{
    (void)state;
    static const char *const words[][2] = {{"idle/hung-up", "idle/hung-up"}, {"a b", "'a b'"}, {"", "''"},
        {"it's", "'it'\\''s'"}, {"$HOME", "'$HOME'"}, {"~", "'~'"}, {"a=b,c:d@e%f+g", "a=b,c:d@e%f+g"}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        char *word = shell_word(words[i][0]);
        assert_non_null(word);
        assert_string_equal(word, words[i][1]);
        free(word);
    }
}

static void assert_command(int width, const char *command, const char *expected)
{
    char *text;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    assert_non_null(memory);
    terminal_command(memory, command, 5, 7, width);
    assert_int_equal(fclose(memory), 0);
    assert_string_equal(text, expected);
    free(text);
}

// Breaks with: a line break that a shell takes for the end, one inside of quotes, a line that is too wide by
// its backslash.
static void a_command_works_in_several_lines(void **state)
{
    (void)state;
    assert_command(TERMINAL_ANY_WIDTH, "apt-get install a b", "apt-get install a b\n");
    assert_command(24, "apt-get install a b", "apt-get install a b\n");
    assert_command(23, "apt-get install a b", "apt-get install \\\n       a b\n");
    assert_command(22, "apt-get install a b", "apt-get install \\\n       a b\n");
    assert_command(21, "apt-get install a b", "apt-get \\\n       install a b\n");
    assert_command(10, "x 'a  b' 'it'\\''s c'", "x \\\n       'a  b' \\\n       'it'\\''s c'\n");
}

// Breaks with: a file that is given the width of a terminal; a COLUMNS that is not heeded, or no number.
static void a_file_has_no_width(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(unsetenv("COLUMNS"), 0);
    assert_int_equal(terminal_width(file), TERMINAL_ANY_WIDTH);
    assert_int_equal(setenv("COLUMNS", "72", 1), 0);
    assert_int_equal(terminal_width(file), 72);
    assert_int_equal(setenv("COLUMNS", "wide", 1), 0);
    assert_int_equal(terminal_width(file), TERMINAL_ANY_WIDTH);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prose_fits_the_terminal),
        cmocka_unit_test(an_option_goes_on_below_its_description),
        cmocka_unit_test(commands_bear_the_callers_name),
        cmocka_unit_test(words_are_quoted_for_a_shell),
        cmocka_unit_test(a_command_works_in_several_lines),
        cmocka_unit_test(a_file_has_no_width),
    };
    return cmocka_run_group_tests_name("help", tests, NULL, NULL);
}
