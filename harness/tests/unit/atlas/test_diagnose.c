// Diagnose: folding, looking for one text in another, and which rows fit best.
#include "atlas/diagnose.h"
#include "base/invocation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void texts_are_folded(void **state)
{
    (void)state;
    static const struct {
        const char *text, *folded;
    } cases[] = {
        {"", ""},
        {"EOF detected", "EOF detected"},
        {"  two \t words\n", "two words"},
        {"a\n\tb", "a\nb"},
        {"a\\n\\tb", "a\nb"}, // as JSON and repr() write it
        {"port 5432.", "port #."},
        {"at 198.51.100.2, or fe80::1", "at #, or #"},
        {"at \"db.hangup.test\" (198.51.100.2), port 5432 failed", "at \"*\", port # failed"},
        {"at \"10.0.0.7\", port 5433 failed", "at \"*\", port # failed"},
        {"[Errno 110] out", "[Errno #] out"},
        {"an open \" quote", "an open \" quote"},
        {"psycopg2.Error", "psycopg2.Error"},
        {"dead: beef", "dead: beef"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *folded = diagnose_fold(cases[i].text);
        assert_string_equal(folded, cases[i].folded);
        free(folded);
    }
}

static void one_text_holds_another(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
        bool holds;
    } cases[] = {
        {"a: EOF detected", "EOF detected", true},
        {"EOF detected\nnext line", "EOF detected", true},
        {"{\"error\": \"EOF detected\"}", "EOF detected", true},
        {"EOF detected.", "EOF detected", true},
        {"EOF detected by me", "EOF detected", false}, // it goes on: another text
        {"EOF detected: really", "EOF detected", false},
        {"GEOF detected", "EOF detected", false},
        {"one two", "one\ntwo", true},
        {"one\ntwo", "one two", true},
        {"one", "one two", false},
        {"anything", "", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(diagnose_holds(cases[i].text, cases[i].wanted), cases[i].holds);
}

#define CONNECT_FAILED "connection to server at \"db.hangup.test\" (198.51.100.2), port 5432 failed: "

static const struct {
    const char *client, *kind, *text;
    enum atlas_outcome outcome;
} rows[] = {
    {"libpq", "begin", "SSL SYSCALL error: EOF detected", ATLAS_ERROR},                        // 0
    {"psycopg2", "psycopg2.OperationalError", "SSL SYSCALL error: EOF detected", ATLAS_ERROR}, // 1
    {"psycopg2", "psycopg2.OperationalError", CONNECT_FAILED "SSL SYSCALL error: EOF detected",
        ATLAS_ERROR},                                                                              // 2
    {"psycopg3", "psycopg.OperationalError", "consuming input failed: EOF detected", ATLAS_ERROR}, // 3
    {"asyncpg", "TimeoutError", "", ATLAS_ERROR},                                                  // 4
    {"asyncpg", "asyncpg.exceptions._base.InterfaceError", "connection is closed", ATLAS_ERROR},   // 5
    {"libpq", "wait", "server closed the connection unexpectedly\n\tThis probably means it died.",
        ATLAS_ERROR},                                                                              // 6
    {"libpq", "wait", NULL, ATLAS_HUNG},                                                           // 7
    {"psycopg2", "psycopg2.OperationalError", CONNECT_FAILED "Connection timed out", ATLAS_ERROR}, // 8
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct atlas *make_atlas(void)
{
    struct atlas *atlas = atlas_new(NULL, NULL, 7);
    assert_non_null(atlas);
    for (size_t i = 0; i < ROWS; i++) {
        struct atlas_row row = {.event = strdup("silence"),
            .client = strdup(rows[i].client),
            .outcome = rows[i].outcome,
            .kind = strdup(rows[i].kind),
            .text = rows[i].text != NULL ? strdup(rows[i].text) : NULL};
        assert_true(atlas_add(atlas, &row));
    }
    return atlas;
}

static void the_most_specific_rows_come_first(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum diagnose_level level;
        size_t best;
        int first[4]; // rows
    } cases[] = {
        {"SSL SYSCALL error: EOF detected", DIAGNOSE_EXACT, 2, {0, 1}},
        {"psycopg2.OperationalError: SSL SYSCALL error: EOF detected", DIAGNOSE_EXACT, 1, {1}},
        {"sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) SSL SYSCALL error: EOF detected\n",
            DIAGNOSE_EXACT, 1, {1}},
        {"Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n    g()\n"
         "psycopg2.OperationalError: SSL SYSCALL error: EOF detected\n\nThe above exception was",
            DIAGNOSE_EXACT, 1, {1}},
        // The longer text holds the shorter one.
        {"connection to server at \"10.1.2.3\", port 6432 failed: SSL SYSCALL error: EOF detected",
            DIAGNOSE_FOLDED, 1, {2}},
        {"psycopg.OperationalError: consuming input failed: EOF detected", DIAGNOSE_EXACT, 1, {3}},
        // asyncpg's TimeoutError has no text at all.
        {"asyncio.exceptions.TimeoutError", DIAGNOSE_EXACT, 1, {4}},
        {"requests.exceptions.TimeoutError", DIAGNOSE_NOTHING, 0, {0}},
        {"  raise\nTimeoutError\n", DIAGNOSE_EXACT, 1, {4}},
        {"TimeoutError: [Errno 110] Connect call failed ('10.0.0.1', 5432)", DIAGNOSE_CLASS, 1, {4}},
        {"asyncpg.exceptions._base.InterfaceError: connection is closed", DIAGNOSE_EXACT, 1, {5}},
        {"LOG server closed the connection unexpectedly This probably means it died.", DIAGNOSE_FOLDED, 1,
            {6}},
        // A line of it, an older libpq's words in front.
        {"server closed the connection unexpectedly", DIAGNOSE_PART, 1, {6}},
        {"could not connect to server: Connection timed out", DIAGNOSE_PART, 1, {8}},
        {"psycopg2.OperationalError: FATAL: something new", DIAGNOSE_CLASS, 3, {1, 2, 8}},
        {"java.lang.NullPointerException", DIAGNOSE_NOTHING, 0, {0}},
        {"", DIAGNOSE_NOTHING, 0, {0}},
        {"MyOperationalErrors", DIAGNOSE_NOTHING, 0, {0}},
    };
    struct atlas *atlas = make_atlas();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct diagnosis diagnosis;
        print_message("%s\n", cases[i].text);
        assert_true(diagnose(atlas, cases[i].text, &diagnosis));
        assert_int_equal(diagnosis.best, cases[i].best);
        for (size_t j = 0; j < diagnosis.best; j++) {
            assert_int_equal(diagnosis.matches[j].level, cases[i].level);
            assert_int_equal(diagnosis.matches[j].row - atlas->rows, cases[i].first[j]);
        }
        diagnosis_free(&diagnosis);
    }
    atlas_free(atlas);
}

static char *report_of(const char *text, bool *found)
{
    struct atlas *atlas = make_atlas();
    struct diagnosis diagnosis;
    char *report = NULL;
    size_t size;
    FILE *memory = open_memstream(&report, &size);
    assert_true(diagnose(atlas, text, &diagnosis));
    *found = diagnose_report(memory, "/nonexistent", atlas, &diagnosis, text);
    fclose(memory);
    diagnosis_free(&diagnosis);
    atlas_free(atlas);
    return report;
}

static void a_report_tells_the_cause_and_how_to_see_it(void **state)
{
    (void)state;
    bool found;
    char *report = report_of("consuming input failed: EOF detected", &found);
    assert_true(found);
    assert_non_null(strstr(report, "1 possible cause."));
    assert_non_null(strstr(report, "hangup atlas --event silence --client psycopg3"));
    free(report);
}

// Breaks with: a line that is wider than the terminal, a name of the program that the reader's shell does not
// know, a command that a shell takes for two.
static void a_report_fits_the_terminal(void **state)
{
    (void)state;
    bool found;
    assert_int_equal(setenv("COLUMNS", "60", 1), 0);
    invocation_remember("./my tools/hangup");
    char *report = report_of("consuming input failed: EOF detected", &found);
    invocation_remember("hangup");
    assert_int_equal(unsetenv("COLUMNS"), 0);
    assert_non_null(strstr(report, "   see it       './my tools/hangup' atlas --event silence \\\n"
                                   "                --client psycopg3\n"));
    for (const char *line = report; *line != '\0'; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 60);
    free(report);
}

static void a_report_says_when_nothing_fits(void **state)
{
    (void)state;
    bool found;
    char *report = report_of("java.lang.NullPointerException", &found);
    assert_false(found);
    assert_non_null(strstr(report, "No row of the atlas says this."));
    free(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_folded),
        cmocka_unit_test(one_text_holds_another),
        cmocka_unit_test(the_most_specific_rows_come_first),
        cmocka_unit_test(a_report_tells_the_cause_and_how_to_see_it),
        cmocka_unit_test(a_report_fits_the_terminal),
        cmocka_unit_test(a_report_says_when_nothing_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
