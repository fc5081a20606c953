// Manifests: what is read, what is made of paths, what is refused and where.
#include "subject/subject.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SUMMARY    "summary: a pool\n"
#define COMMAND    "command: [/bin/true]\n"
#define STRATEGIES "strategies: {none: none}\n"

static char folder[] = "/tmp/test-manifest-XXXXXX";

static char *manifest_path(const char *name)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static char *write_manifest(const char *yaml)
{
    char *path = manifest_path("a-pool.yaml");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(yaml, file);
    fclose(file);
    return path;
}

static struct subject *read_manifest(const char *yaml)
{
    struct error error = {0};
    struct subject *subject = subject_read(write_manifest(yaml), folder, &error);
    assert_string_equal(error.text, "");
    return subject;
}

static void check_below_folder(const char *path, const char *rest)
{
    char expected[PATH_MAX];
    snprintf(expected, sizeof(expected), "%s/%s", folder, rest);
    assert_string_equal(path, expected);
}

static void test_everything_is_read(void **state)
{
    (void)state;
    struct subject *subject = read_manifest("summary: a pool of ours\n"
                                            "command: [build/driver, word, --file=a/b, ./x.py, /abs/y.py]\n"
                                            "requires: [/usr/lib/libpq.so, lib/x.so]\n"
                                            "packages: [libpq5, other]\n"
                                            "differs: [median, pings]\n"
                                            "strategies:\n"
                                            "  none: none\n"
                                            "  optimistic: pre-ping\n");
    assert_string_equal(subject->name, "a-pool");
    assert_string_equal(subject->path, manifest_path("a-pool.yaml"));
    assert_string_equal(subject->summary, "a pool of ours");
    check_below_folder(subject->command[0], "build/driver");
    assert_string_equal(subject->command[1], "word");
    assert_string_equal(subject->command[2], "--file=a/b");
    check_below_folder(subject->command[3], "x.py"); // beside the manifest
    assert_string_equal(subject->command[4], "/abs/y.py");
    assert_null(subject->command[5]);
    assert_string_equal(subject->requires[0], "/usr/lib/libpq.so");
    check_below_folder(subject->requires[1], "lib/x.so");
    assert_null(subject->requires[2]);
    assert_string_equal(subject->packages[1], "other");
    assert_string_equal(subject->differs[0], "median");
    assert_string_equal(subject->differs[1], "pings");
    assert_null(subject->differs[2]);
    assert_null(subject->packages[2]);
    assert_int_equal(subject->strategies_count, 2);
    const struct subject_strategy *strategy = subject_strategy_by_name(subject, "optimistic");
    assert_non_null(strategy);
    assert_string_equal(strategy->class, "pre-ping");
    assert_int_equal(strategy->line, 8);
    assert_null(subject_strategy_by_name(subject, "pre-ping"));
    subject_free(subject);
}

static void test_absent_lists_are_empty(void **state)
{
    (void)state;
    struct subject *subject = read_manifest(SUMMARY COMMAND STRATEGIES);
    assert_null(subject->requires[0]);
    assert_null(subject->packages[0]);
    assert_null(subject->differs[0]);
    subject_free(subject);
}

static void test_code_and_conninfo(void **state)
{
    (void)state;
    struct subject *subject = read_manifest(SUMMARY COMMAND STRATEGIES
        "conninfo: [connect_timeout]\ncode:\n  none: |\n    pool = new()\n    pool.open()\n");
    assert_string_equal(subject_strategy_by_name(subject, "none")->code, "pool = new()\npool.open()");
    assert_true(subject_takes(subject, "connect_timeout=5", strlen("connect_timeout")));
    assert_false(subject_takes(subject, "connect", strlen("connect")));
    subject_free(subject);
    subject = read_manifest(SUMMARY COMMAND STRATEGIES "conninfo: [libpq]\n");
    assert_true(subject_takes(subject, "tcp_user_timeout", strlen("tcp_user_timeout")));
    subject_free(subject);
}

static void test_ready(void **state)
{
    static const struct {
        const char *yaml;
        const char *missing; // NULL: ready
    } cases[] = {
        {COMMAND, NULL}, {COMMAND "requires: [/bin/sh]\n", NULL},
        {COMMAND "requires: [/bin/sh, /nowhere/a, /nowhere/b]\n", "/nowhere/a"},
        {COMMAND "requires: [/nowhere/a]\npackages: [x]\n", "/nowhere/a (Debian: x)"},
        {COMMAND "requires: [/nowhere/a]\npackages: [x, y]\n", "/nowhere/a (Debian: x y)"},
        {"command: [/nowhere/driver]\npackages: [x]\n", "/nowhere/driver"},
        {"command: [/etc/passwd]\n", "/etc/passwd"}, // not a program
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char yaml[500], missing[100] = "";
        snprintf(yaml, sizeof(yaml), "%s" SUMMARY STRATEGIES, cases[i].yaml);
        struct subject *subject = read_manifest(yaml);
        assert_int_equal(subject_is_ready(subject, NULL, missing, sizeof(missing)), cases[i].missing == NULL);
        assert_string_equal(missing, cases[i].missing != NULL ? cases[i].missing : "");
        if (cases[i].missing != NULL) {
            char tiny[5];
            assert_false(subject_is_ready(subject, NULL, tiny, sizeof(tiny)));
            assert_memory_equal(tiny, cases[i].missing, sizeof(tiny) - 1);
            assert_int_equal(tiny[sizeof(tiny) - 1], '\0');
        }
        subject_free(subject);
    }
}

static void test_notes(void **state)
{
    (void)state;
    struct subject *subject = read_manifest(
        SUMMARY COMMAND STRATEGIES "findings:\n"
                                   "  - strategy: none\n"
                                   "    scenario: idle/x\n"
                                   "    says: 'took {slowest}, said {error}'\n"
                                   "    expect: {slowest: '>900s', errors: 1}\n"
                                   "explains:\n"
                                   "  - {strategy: none, from: p:none, scenarios: [a, b], because: c}\n");
    assert_int_equal(subject->findings_count, 1);
    const struct subject_finding *finding = &subject->findings[0];
    assert_string_equal(finding->scenario, "idle/x");
    assert_string_equal(finding->says, "took {slowest}, said {error}");
    assert_int_equal(finding->line, 5);
    assert_int_equal(finding->conditions_count, 2);
    assert_int_equal(finding->conditions[0].metric, METRIC_SLOWEST);
    assert_true(range_contains(finding->conditions[0].range, 900000001));
    assert_false(range_contains(finding->conditions[0].range, 900000000));
    assert_int_equal(finding->conditions[1].metric, METRIC_ERRORS);
    assert_int_equal(subject->differences_count, 1);
    assert_string_equal(subject->differences[0].from, "p:none");
    assert_string_equal(subject->differences[0].scenarios[1], "b");
    assert_null(subject->differences[0].scenarios[2]);
    assert_string_equal(subject->differences[0].because, "c");
    subject_free(subject);
}

// Breaks with: a reader that knows `says` only.
static void test_every_word_stands_where_says_does(void **state)
{
    (void)state;
    for (int i = EXPECT_RANGE + 1; i < EXPECTATION_KINDS; i++) {
        char yaml[512];
        const char *word = expectation_word((enum expectation_kind)i);
        snprintf(yaml, sizeof(yaml), SUMMARY COMMAND STRATEGIES "differs: [%s]\n", word);
        struct subject *subject = read_manifest(yaml);
        assert_string_equal(subject->differs[0], word);
        subject_free(subject);
    }
}

struct refusal {
    const char *yaml, *message; // '@' stands for the names of all metrics, '#' for the words beside them
};

static void print_names(FILE *file, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(file, "%s%s", i > 0 ? ", " : "", names[i]);
}

static void print_expected(FILE *file, const char *message)
{
    const char *metrics[METRIC_KINDS], *words[EXPECTATION_KINDS];
    for (int i = 0; i < METRIC_KINDS; i++)
        metrics[i] = metric_name((enum metric)i);
    const size_t count = expectation_words(words);
    for (; *message != '\0'; message++) {
        if (*message == '@')
            print_names(file, metrics, METRIC_KINDS);
        else if (*message == '#')
            print_names(file, words, count);
        else
            fputc(*message, file);
    }
}

static void check_refusals(const struct refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct error error = {0};
        char expected[sizeof(error.text)];
        const char *path = write_manifest(refusals[i].yaml);
        assert_null(subject_read(path, folder, &error));
        FILE *file = fmemopen(expected, sizeof(expected), "w");
        assert_non_null(file);
        fprintf(file, "%s:", path);
        print_expected(file, refusals[i].message);
        fclose(file);
        assert_string_equal(error.text, expected);
        assert_int_equal(error.category, ERROR_INPUT);
    }
}

static void test_refuse(void **state)
{
    static const struct refusal cases[] = {
        {COMMAND STRATEGIES, "1:1: missing key 'summary'"},
        {SUMMARY STRATEGIES, "1:1: missing key 'command'"},
        {SUMMARY COMMAND, "1:1: missing key 'strategies'"},
        {"sumary: x\n",
            "1:1: unknown key 'sumary' (did you mean 'summary'?): expected one of summary, command, requires, packages, differs, conninfo, strategies, code, findings, explains"},
        {"summary: [x]\n", "1:10: expected text, found a list"},
        {"command: /bin/true\n", "1:10: expected a list, found text"},
        {"command: []\n", "1:10: the list is empty"},
        {"command: [python3]\n", "1:11: 'python3': expected the program's path: PATH is not searched"},
        {"command: [/bin/true, '']\n", "1:22: expected text, found nothing"},
        {"packages: libpq5\n", "1:11: expected a list, found text"},
        {"differs: [says, meridian]\n", "1:17: 'meridian': expected #, or a metric, as median"},
        {"strategies: {none: none}\ncode: {some: x}\n",
            "2:8: 'some': expected one of this manifest's strategies, which stand above"},
        {"strategies: {}\n", "1:13: the mapping is empty"},
        {"strategies: [none]\n", "1:13: expected a mapping, found a list"},
        {"strategies: {pre_ping: none}\n", "1:14: 'pre_ping': expected a word of a-z, 0-9 and '-'"},
        {"strategies: {none: No}\n", "1:20: 'No': expected a word of a-z, 0-9 and '-'"},
        {"strategies: {none: preping}\n",
            "1:20: unknown class 'preping' (did you mean 'pre-ping'?): expected one of none, pre-ping, pre-ping-deadline, idle-ping, idle-ping-30s, idle-ping-patient, idle-ping-hourly, optimistic, recycle, keepalive, user-timeout, keepalive-user-timeout, background-ping, reset, hedged, watching, expiring, retrying, background-connect"},
        {"strategies: {none: any}\n",
            "1:20: 'any': expected a class: 'any' stands for all of them in expectations"},
        {"findings: []\n", "1:11: the list is empty"},
        {"findings: [{strategy: none, says: x, expect: {errors: 0}}]\n", "1:12: missing key 'scenario'"},
        {"findings: [{strategy: none, scenario: a/b, expect: {errors: 0}}]\n", "1:12: missing key 'says'"},
        {"findings: [{strategy: none, scenario: a/b, says: x}]\n", "1:12: missing key 'expect'"},
        {"findings: [{says: 'for {slow} it'}]\n",
            "1:19: 'for {slow} it': expected a metric's name or error between { and }"},
        {"findings: [{says: '{slowest'}]\n",
            "1:19: '{slowest': expected a metric's name or error between { and }"},
        {"findings: [{expect: {says: x}}]\n", "1:22: unknown metric 'says': expected one of @"},
        {"findings: [{expect: {}}]\n", "1:21: the mapping is empty"},
        {"findings: [{expect: {slow: 3s}}]\n", "1:22: unknown metric 'slow': expected one of @"},
        {"findings: [{expect: {slowest: 3}}]\n",
            "1:31: '3': the unit is missing: expected us, ms, s, min or h"},
        {SUMMARY COMMAND STRATEGIES
            "findings: [{strategy: some, scenario: a, says: b, expect: {errors: 0}}]\n",
            "4: 'some': expected one of this manifest's strategies"},
        {"explains: [{strategy: none, from: p:none, scenarios: [a]}]\n", "1:12: missing key 'because'"},
        {SUMMARY COMMAND STRATEGIES
            "explains: [{strategy: some, from: p:none, scenarios: [a], because: b}]\n",
            "4: 'some': expected one of this manifest's strategies"},
        {"strategies: {a: none, a: none}\n", "1:23: duplicate key 'a': it stands in line 1 already"},
    };
    (void)state;
    check_refusals(cases, sizeof(cases) / sizeof(*cases));
}

static void test_files(void **state)
{
    (void)state;
    struct error error = {0};
    assert_null(subject_read("/nowhere/x.yaml", folder, &error));
    assert_string_equal(error.text, "/nowhere/x.yaml: No such file or directory");
    assert_null(subject_read("/nowhere/A b.yaml", folder, &error));
    assert_string_equal(
        error.text, "/nowhere/A b.yaml: a subject's file name consists of a-z, 0-9, '-', '_' and '.'");
    assert_null(subject_read(write_manifest(SUMMARY), "/nowhere", &error));
    assert_string_equal(error.text, "/nowhere: No such file or directory");
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(manifest_path("a-pool.yaml")) != 0 || rmdir(folder) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_read),
        cmocka_unit_test(test_absent_lists_are_empty),
        cmocka_unit_test(test_code_and_conninfo),
        cmocka_unit_test(test_ready),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_every_word_stands_where_says_does),
        cmocka_unit_test(test_refuse),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests_name("subject_manifest", tests, set_up, tear_down);
}
