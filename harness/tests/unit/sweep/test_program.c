// The outcome of a program in words: how it ended, how late, and what it said last, the same for all moments
// at which it ends alike.
#include "sweep/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct sweep_calm calm = {.took_us = 1000000, .hang_us = 0};

static char *words_of(const char *report, const char *output, const char *errors)
{
    json_t *json = json_loads(report, 0, NULL);
    assert_non_null(json);
    char *words = sweep_program_words(json, &calm, output, errors);
    json_decref(json);
    assert_non_null(words);
    return words;
}

// Breaks with: a status that is passed over, a delay that an early end hides, a test runner's output that
// nobody reads.
static void test_words(void **state)
{
    static const struct {
        const char *report, *output, *errors, *words;
    } cases[] = {
        {"{\"status\": 0, \"lab_s\": 1.2}", "error: mine", "", "clean: exit 0"},
        {"{\"status\": 0, \"lab_s\": 1.2}", "", "WARNING: error 3, again\n",
            "clean: exit 0: WARNING: error #, again"},
        {"{\"status\": 0, \"lab_s\": 6.0}", "", "", "delayed: exit 0, 5 s late or more"},
        {"{\"status\": 0, \"lab_s\": 61.0}", "", "", "stuck: exit 0, a minute late or more"},
        {"{\"status\": 1, \"lab_s\": 0.5, \"hangs\": {\"longest\": {\"for_s\": 7.5}}}", "", "Error: closed\n",
            "errors: exit 1, 5 s late or more: Error: closed"},
        {"{\"status\": 2, \"lab_s\": 0.5, \"hangs\": {\"longest\": null}}", "FAILED test_a - Error\n", "",
            "errors: exit 2: FAILED test_a - Error"},
        {"{\"signal\": 11, \"lab_s\": 0.5}", "", "", "errors: killed by signal 11"},
        {"{\"signal\": 15, \"timed_out\": true, \"lab_s\": 100.0}", "", "",
            "stuck: did not end within --timeout"},
        {"{\"failure\": \"the guest ended\"}", "", "", "proves nothing: the guest ended"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *words = words_of(cases[i].report, cases[i].output, cases[i].errors);
        assert_string_equal(words, cases[i].words);
        free(words);
    }
}

// Breaks with: a hint or a link taken for the error; a number that makes two classes of one; a code that is
// lost.
static void test_last_error_line(void **state)
{
    static const struct {
        const char *text, *line;
    } cases[] = {
        {"", ""},
        {"all is well\n", ""},
        {"Traceback (most recent call last):\n  File \"x.py\", line 3\npsycopg2.OperationalError: server closed the "
         "connection unexpectedly\n\tThis probably means the server terminated abnormally\n\n",
            "psycopg2.OperationalError: server closed the connection unexpectedly"},
        {"sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) EOF\n[SQL: INSERT INTO error_log]\n"
         "(Background on this error at: https://sqlalche.me/e/20/e3q8)\n",
            "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) EOF"},
        {"connection to server at \"db\" (10.0.0.2), port 5432 failed: timeout after 10s. Object at 0x7f3c\n",
            "connection to server at \"db\" (#), port # failed: timeout after #s. Object at #"},
        {"ERROR 57P01: terminating connection (SQL2) at fe80::1:5432.\n",
            "ERROR 57P01: terminating connection (SQL2) at #."},
        {"Error: 1st\nError: second\nError:\tthird\x1b[0m\n", "Error: second Error: third[#m"},
        {"in doubt: could not receive data: Connection timed out\nSSL SYSCALL error: Connection timed out\n\n",
            "in doubt: could not receive data: Connection timed out SSL SYSCALL error: Connection timed out"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *line = sweep_error_line(cases[i].text);
        assert_string_equal(line, cases[i].line);
        free(line);
    }
}

static void test_who_cannot_be_swept(void **state)
{
    (void)state;
    json_t *good = json_loads("{\"status\": 0, \"lab_s\": 1.0}", 0, NULL);
    json_t *bad = json_loads("{\"status\": 3, \"lab_s\": 1.0}", 0, NULL);
    assert_null(sweep_calm_refusal(good, "", "Error: x\n"));
    char *why = sweep_calm_refusal(bad, "", "Error: x\n");
    assert_string_equal(why, "exit 3: Error: x");
    free(why);
    json_decref(good);
    json_decref(bad);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_words),
        cmocka_unit_test(test_last_error_line), cmocka_unit_test(test_who_cannot_be_swept)};
    return cmocka_run_group_tests_name("sweep_program", tests, NULL, NULL);
}
