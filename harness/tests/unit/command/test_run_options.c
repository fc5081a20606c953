// The command line of `hangup run`: what each option does, and what is said of each wrong value.
#include "command/run_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WORDS_MAX 16

typedef bool parser(int argc, char **argv, struct run_options *options, struct error *error);

// getopt reorders argv, so each case gets a copy.
static bool parse_by(
    parser *parser, const char *const *words, char **argv, struct run_options *options, struct error *error)
{
    int argc = 0;
    static char name[] = "run";
    argv[argc++] = name;
    static char copies[WORDS_MAX][128];
    for (; *words != NULL; words++, argc++) {
        snprintf(copies[argc], sizeof(copies[argc]), "%s", *words);
        argv[argc] = copies[argc];
    }
    argv[argc] = NULL;
    return parser(argc, argv, options, error);
}

static bool parse(const char *const *words, char **argv, struct run_options *options, struct error *error)
{
    return parse_by(run_options_parse, words, argv, options, error);
}

// Breaks with: another default, in particular a seed that is not fixed.
static void defaults(void **state)
{
    (void)state;
    char *argv[WORDS_MAX + 1];
    struct run_options options;
    struct error error = {0};
    assert_true(parse((const char *const[]){NULL}, argv, &options, &error));
    assert_int_equal(options.scenarios_count, 0);
    assert_int_equal(options.subjects_count, 0);
    assert_int_equal(options.lab, LAB_VIRTUAL);
    assert_int_equal(options.seed, 7);
    assert_int_equal(options.shard, 1);
    assert_int_equal(options.shards, 1);
    assert_in_range(options.jobs, 1, 256);
    assert_null(options.folder);
    assert_ptr_equal(options.report, REPORT_DEFAULT);
    assert_false(options.sealed);
    assert_false(options.help);
    run_options_free(&options);
}

// Breaks with: an option that is read into another's place; scenarios only before, or only behind the
// options.
static void all_options_in_any_order(void **state)
{
    (void)state;
    static const char *const words[] = {"--seed=18446744073709551615", "idle", "--subject", "pqpool:none",
        "--jobs=256", "--shard=3/4", "steady/price", "--subject=sqlalchemy", "--lab=realtime",
        "--format=json", "--out=/tmp/x", "--fail-on=errors,delay>5s", "--sealed", NULL};
    char *argv[WORDS_MAX + 1];
    struct run_options options;
    struct error error = {0};
    assert_true(parse(words, argv, &options, &error));
    assert_int_equal(options.seed, UINT64_MAX);
    assert_int_equal(options.jobs, 256);
    assert_int_equal(options.shard, 3);
    assert_int_equal(options.shards, 4);
    assert_int_equal(options.lab, LAB_REALTIME);
    assert_string_equal(options.report->format, "json");
    assert_true(options.sealed);
    assert_int_equal(options.bar.count, 2);
    assert_string_equal(options.folder, "/tmp/x");
    assert_int_equal(options.subjects_count, 2);
    assert_string_equal(options.subjects[0], "pqpool:none");
    assert_string_equal(options.subjects[1], "sqlalchemy");
    assert_int_equal(options.scenarios_count, 2);
    assert_string_equal(options.scenarios[0], "idle");
    assert_string_equal(options.scenarios[1], "steady/price");
    run_options_free(&options);
    assert_null(options.subjects);
}

// Breaks with: a value let through (strtoull takes " 1", "-1" and "1x"), or a message that does not say what
// was found and what was expected.
static void wrong_values_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *option, *value, *expected;
    } table[] = {
        {"--seed", "", "--seed : expected a whole number from 0 to 2^64 - 1"},
        {"--seed", "-1", "--seed -1: expected a whole number from 0 to 2^64 - 1"},
        {"--seed", "+1", "--seed +1: expected a whole number from 0 to 2^64 - 1"},
        {"--seed", " 1", "--seed  1: expected a whole number from 0 to 2^64 - 1"},
        {"--seed", "1.5", "--seed 1.5: expected a whole number from 0 to 2^64 - 1"},
        {"--seed", "0x10", "--seed 0x10: expected a whole number from 0 to 2^64 - 1"},
        {"--seed", "18446744073709551616",
            "--seed 18446744073709551616: expected a whole number from 0 to 2^64 - 1"},
        {"--jobs", "0", "--jobs 0: expected a whole number from 1 to 256"},
        {"--jobs", "257", "--jobs 257: expected a whole number from 1 to 256"},
        {"--jobs", "many", "--jobs many: expected a whole number from 1 to 256"},
        {"--resume", "idle", "--resume: expected --out DIR, the folder of the run to resume"},
        {"--shard", "1", "--shard 1: expected I/N with 1 <= I <= N"},
        {"--shard", "0/2", "--shard 0/2: expected I/N with 1 <= I <= N"},
        {"--shard", "3/2", "--shard 3/2: expected I/N with 1 <= I <= N"},
        {"--shard", "/2", "--shard /2: expected I/N with 1 <= I <= N"},
        {"--shard", "1/", "--shard 1/: expected I/N with 1 <= I <= N"},
        {"--shard", "1/2/3", "--shard 1/2/3: expected I/N with 1 <= I <= N"},
        {"--shard", "1 /2", "--shard 1 /2: expected I/N with 1 <= I <= N"},
        {"--shard", "1/65536", "--shard 1/65536: expected I/N with 1 <= I <= N"},
        {"--shard", "00000000000000001/2", "--shard 00000000000000001/2: expected I/N with 1 <= I <= N"},
        {"--lab", "real", "--lab real: expected virtual or realtime"},
        {"--lab", "native", "--lab native: expected virtual or realtime"},
        {"--lab", "", "--lab : expected virtual or realtime"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        char *argv[WORDS_MAX + 1];
        struct run_options options;
        struct error error = {0};
        assert_false(
            parse((const char *const[]){table[i].option, table[i].value, NULL}, argv, &options, &error));
        assert_int_equal(error.category, ERROR_INPUT);
        assert_string_equal(error.text, table[i].expected);
        run_options_free(&options);
    }
}

static void unknown_formats_are_answered_with_those_that_there_are(void **state)
{
    (void)state;
    char *argv[WORDS_MAX + 1], formats[REPORT_FORMATS_SIZE], expected[128];
    struct run_options options;
    struct error error = {0};
    snprintf(expected, sizeof(expected), "--format JSON: expected %s", report_formats(formats));
    assert_false(parse((const char *const[]){"--format", "JSON", NULL}, argv, &options, &error));
    assert_string_equal(error.text, expected);
    run_options_free(&options);
}

// Breaks with: an unknown option that is passed over, or a message that does not name it.
static void unknown_options_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *word, *named;
    } table[] = {
        {"--sed=1", "unknown option '--sed' (did you mean '--seed'?): expected one of --subject, "},
        {"--speed", "unknown option '--speed'"},
        {"--seed", "--seed: a value is missing; see `hangup run --help`"},
        {"-x", "unknown option '-x'"},
        {"--help=1", "--help takes no value: '--help=1'"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        char *argv[WORDS_MAX + 1];
        struct run_options options;
        struct error error = {0};
        assert_false(parse((const char *const[]){table[i].word, NULL}, argv, &options, &error));
        assert_int_equal(error.category, ERROR_INPUT);
        assert_non_null(strstr(error.text, table[i].named));
        run_options_free(&options);
    }
}

static void seeds_of_a_search(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t first, last; // last 0: refused
    } cases[] = {{"1..1000", 1, 1000}, {"17", 17, 17}, {"5..5", 5, 5}, {"6..5", 0, 0}, {"..5", 0, 0},
        {"5..", 0, 0}, {"5...7", 0, 0}, {"a", 0, 0}, {"", 0, 0},
        {"0..9223372036854775807", 0, 9223372036854775807U}, {"0..9223372036854775808", 0, 0}};
    char *argv[WORDS_MAX + 1];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run_options options;
        struct error error = {0};
        const char *const words[] = {"--seeds", cases[i].text, "--all", "--coverage", "idle/silence", NULL};
        assert_int_equal(
            parse_by(run_options_parse_search, words, argv, &options, &error), cases[i].last != 0);
        if (cases[i].last == 0) {
            assert_non_null(strstr(error.text, ": expected FROM..TO, or one seed"));
        } else {
            assert_true(options.all && options.coverage);
            assert_int_equal(options.first_seed, cases[i].first);
            assert_int_equal(options.last_seed, cases[i].last);
        }
        run_options_free(&options);
    }
}

// Breaks with: a word of the command that is read as hangup's own; a command that is forgotten.
static void command_of_a_sweep(void **state)
{
    (void)state;
    static const struct {
        const char *words[WORDS_MAX];
        const char *command; // its first word
    } cases[] = {{{"idle", "--shard=1/2", "--timeout", "5s", "--", "psql", "--seed", "9", NULL}, "psql"},
        {{"idle", "--shard=1/2", "--timeout=5s", "--", NULL}, "empty"},
        {{"--shard=1/2", "idle", "--timeout=5s", NULL}, "none"}};
    char *argv[WORDS_MAX + 1];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run_options options;
        struct error error = {0};
        assert_true(parse_by(run_options_parse_sweep, cases[i].words, argv, &options, &error));
        assert_int_equal(options.scenarios_count, 1);
        assert_string_equal(options.scenarios[0], "idle");
        assert_int_equal(options.seed, 7);
        assert_int_equal(options.shards, 2);
        assert_int_equal(options.timeout_us, 5000000);
        const char *first = options.command == NULL      ? "none"
                            : options.command[0] == NULL ? "empty"
                                                         : options.command[0];
        assert_string_equal(first, cases[i].command);
        run_options_free(&options);
    }
}

static void help_is_asked_for(void **state)
{
    (void)state;
    static const char *const words[] = {"--help", "-h"};
    for (size_t i = 0; i < 2; i++) {
        char *argv[WORDS_MAX + 1];
        struct run_options options;
        struct error error = {0};
        assert_true(parse((const char *const[]){words[i], NULL}, argv, &options, &error));
        assert_true(options.help);
        run_options_free(&options);
    }
}

// Breaks with: an option that the help does not name.
static void help_names_every_option(void **state)
{
    (void)state;
    static const char *const names[] = {
        "--subject", "--lab", "--seed", "--jobs", "--shard", "--out", "--format", "--help"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_non_null(strstr(run_options_help, names[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(all_options_in_any_order),
        cmocka_unit_test(wrong_values_are_named),
        cmocka_unit_test(unknown_formats_are_answered_with_those_that_there_are),
        cmocka_unit_test(unknown_options_are_named),
        cmocka_unit_test(seeds_of_a_search),
        cmocka_unit_test(command_of_a_sweep),
        cmocka_unit_test(help_is_asked_for),
        cmocka_unit_test(help_names_every_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
