// The command lines of exec and shell: what is asked for, what is missing, and which status is hangup's own.
#include "exec/options.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WORDS_MAX 20
#define NO_COMMAND                                                                                           \
    "exec: a command is missing: it stands behind `--`, as in `hangup exec SCENARIO -- psql` or `hangup "    \
    "exec -- psql`"

static bool parse(const char *line, bool shell, struct exec_options *options, struct error *error)
{
    static char copy[500];
    static char *words[WORDS_MAX + 1];
    int count = 0;
    char *rest = copy;
    snprintf(copy, sizeof(copy), "%s", line);
    for (char *word; count < WORDS_MAX && (word = strsep(&rest, " ")) != NULL;)
        words[count++] = word;
    words[count] = NULL;
    return exec_options_parse(count, words, shell, options, error);
}

// Breaks with: options of the command that hangup takes for its own, a command that is cut.
static void the_command_is_left_alone(void **state)
{
    (void)state;
    struct exec_options options;
    struct error error = {0};
    assert_true(parse("exec --writable a idle/reset --writable b --sealed --seed 9 -- psql --seed 8 -- -c",
        false, &options, &error));
    assert_string_equal(options.scenario, "idle/reset");
    assert_string_equal(options.command[0], "psql");
    assert_string_equal(options.command[1], "--seed");
    assert_string_equal(options.command[4], "-c");
    assert_null(options.command[5]);
    assert_int_equal(options.seed, 9);
    assert_true(options.sealed);
    assert_int_equal(options.writable_count, 2);
    assert_string_equal(options.writable[1], "b");
    assert_int_equal(options.faults_count, 0);
    exec_options_free(&options);
}

// Breaks with: a fault that replaces the one before it.
static void faults_are_collected(void **state)
{
    (void)state;
    struct exec_options options;
    struct error error = {0};
    assert_true(parse("exec --fault 1s --fault=2s -- b --fault c", false, &options, &error));
    assert_null(options.scenario);
    assert_int_equal(options.faults_count, 2);
    assert_string_equal(options.faults[0], "1s");
    assert_string_equal(options.faults[1], "2s");
    exec_options_free(&options);
}

// Breaks with: a watchdog that ends a session somebody sits at, a program in virtual time without one.
static void defaults_fit_the_lab(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool shell;
        enum lab_kind lab;
        int64_t timeout_us, watchdog_us;
        const char *scenario;
    } cases[] = {
        {"exec a -- b", false, LAB_VIRTUAL, 6 * 3600 * US_PER_S, 600 * US_PER_S, "a"},
        {"exec a --lab realtime -- b", false, LAB_REALTIME, 6 * 3600 * US_PER_S, INT64_MAX, "a"},
        {"exec a --timeout 5s --watchdog 2min -- b", false, LAB_VIRTUAL, 5 * US_PER_S, 120 * US_PER_S, "a"},
        {"exec -- b", false, LAB_VIRTUAL, 6 * 3600 * US_PER_S, 600 * US_PER_S, NULL},
        {"shell", true, LAB_REALTIME, DURATION_MAX_US, INT64_MAX, NULL},
        {"shell idle/reset --lab virtual", true, LAB_VIRTUAL, 6 * 3600 * US_PER_S, 600 * US_PER_S,
            "idle/reset"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exec_options options;
        struct error error = {0};
        assert_true(parse(cases[i].line, cases[i].shell, &options, &error));
        assert_int_equal(options.lab, cases[i].lab);
        assert_int_equal(options.timeout_us, cases[i].timeout_us);
        assert_int_equal(options.watchdog_us, cases[i].watchdog_us);
        if (cases[i].scenario == NULL)
            assert_null(options.scenario);
        else
            assert_string_equal(options.scenario, cases[i].scenario);
        assert_int_equal(options.seed, 7);
        exec_options_free(&options);
    }
}

// Breaks with: a wrong word that is passed over, a message that does not say what was expected.
static void what_is_wrong_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool shell;
        const char *text;
    } cases[] = {
        {"exec", false, NO_COMMAND},
        {"exec a", false, NO_COMMAND},
        {"exec psql -c x", false, NO_COMMAND},
        {"exec a --", false, "exec: a command is missing: hangup exec a -- COMMAND..."},
        {"exec --", false, "exec: a command is missing: hangup exec -- COMMAND..."},
        {"shell a b", true, "shell: one scenario, not 'a' and 'b'"},
        {"exec a b -- c", false, "exec: one scenario, not 'a' and 'b'"},
        {"exec a --seed 3 --x -- c", false,
            "exec: unknown option '--x': expected one of --lab, --seed, --out, --fault, --image, --inside, --writable, --timeout, --watchdog, --strict, --no-replay, --sealed, --disk-limit, --quiet, --help; see `hangup exec --help`"},
        {"exec a --seed -- c", false, "exec: --seed: a value is missing; see `hangup exec --help`"},
        {"exec a --seed -1 -- c", false, "exec: --seed -1: expected a whole number from 0 to 2^64 - 1"},
        {"exec a --lab native -- c", false, "exec: --lab native: expected virtual or realtime"},
        {"exec a --timeout 0 -- c", false, "exec: --timeout 0: expected a duration above 0"},
        {"shell a -- b", true, "shell: a shell takes no command: `hangup exec` does"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exec_options options;
        struct error error = {0};
        assert_false(parse(cases[i].line, cases[i].shell, &options, &error));
        assert_int_equal(error.category, ERROR_INPUT);
        assert_string_equal(error.text, cases[i].text);
        exec_options_free(&options);
    }
}

// Breaks with: help that asks for a scenario first.
static void help_needs_nothing_else(void **state)
{
    (void)state;
    struct exec_options options;
    struct error error = {0};
    assert_true(parse("exec --help", false, &options, &error));
    assert_true(options.help);
    exec_options_free(&options);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_command_is_left_alone),
        cmocka_unit_test(faults_are_collected),
        cmocka_unit_test(defaults_fit_the_lab),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(help_needs_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
