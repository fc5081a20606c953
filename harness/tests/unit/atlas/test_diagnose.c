// Diagnose: folding, logs as they were meant, and what each of many texts must be answered, against the
// published atlas.
#include "atlas/diagnose.h"
#include "base/invocation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEXTS   "harness/tests/unit/atlas/texts.txt"
#define REPORTS "harness/tests/unit/atlas/reports.txt"
#define ATLAS   "results/baseline/atlas.json"

struct known {
    struct sayings *sayings;
    struct atlas *atlas;
    struct phrases *phrases;
};

static int read_what_is_known(void **state)
{
    static struct known known;
    struct error error = {0};
    known.sayings = sayings_new(&error);
    if (known.sayings == NULL)
        print_error("%s\n", error.text);
    known.atlas = atlas_read(ATLAS, &error);
    assert_non_null(known.sayings);
    assert_non_null(known.atlas);
    known.phrases = phrases_new(known.atlas, known.sayings);
    assert_non_null(known.phrases);
    *state = &known;
    return 0;
}

static int forget(void **state)
{
    struct known *known = *state;
    phrases_free(known->phrases);
    atlas_free(known->atlas);
    sayings_free(known->sayings);
    return 0;
}

static void texts_are_folded(void **state)
{
    (void)state;
    static const struct {
        const char *text, *folded;
    } cases[] = {
        {"", ""},
        {"EOF detected", "eof detected"},
        {"  two \t words\n", "two words"},
        {"a\n\tb", "a\nb"},
        {"port 5432.", "port #."},
        {"at 198.51.100.2, or fe80::1", "at #, or #"},
        {"at \"db.hangup.test\" (198.51.100.2), port 5432 failed", "at \"*\", port # failed"},
        {"at \"10.0.0.7\", port 5433 failed", "at \"*\", port # failed"},
        {"\"msg\": \"EOF\", \"a\":\"b\"", "\"msg\": \"eof\", \"a\":\"b\""}, // JSON quotes what is said
        {"[Errno 110] out", "[errno 110] out"},                             // it says which
        {"(os error 104)", "(os error 104)"},
        {"error 104", "error #"},
        {"total=0, active=10", "total=0, active=#"},
        {"v2.c3p0.impl, c3d4", "v2.c3p0.impl, #"},
        {"an open \" quote", "an open \" quote"},
        {"psycopg2.Error", "psycopg2.error"},
        {"dead: beef", "dead: beef"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *folded = diagnose_fold(cases[i].text);
        assert_string_equal(folded, cases[i].folded);
        free(folded);
    }
}

// Breaks with: an escape that is not undone, a prefix that stays, a line that is taken for a new event.
static void a_log_is_read_as_it_was_meant(void **state)
{
    (void)state;
    static const char text[] = "{\"msg\":\"one\\n\\ttwo \\\"x\\\" \\u003e\"}\n"
                               "web-1  | 2026-01-02 three\n"
                               "\033[31m  four\033[0m\r\n"
                               "\n"
                               "re\\\\nquoted \\0";
    static const struct {
        const char *plain;
        size_t number, record;
    } lines[] = {
        {"{\"msg\":\"one", 1, 1},
        {" two \"x\" >\"}", 1, 1},
        {"2026-01-02 three", 2, 2},
        {"  four\r", 3, 2},
        {"re", 5, 2},
        {"quoted \\0", 5, 2},
    };
    struct log *log = log_new(text, sizeof(text) - 1);
    assert_int_equal(log->count, sizeof(lines) / sizeof(lines[0]));
    for (size_t i = 0; i < log->count; i++) {
        assert_string_equal(log->lines[i].plain, lines[i].plain);
        assert_int_equal(log->lines[i].number, lines[i].number);
        assert_int_equal(log->lines[i].record, lines[i].record);
    }
    log_free(log);
}

static struct diagnosis diagnose_text(const struct known *known, const char *text, size_t length)
{
    struct diagnosis diagnosis;
    struct log *log = log_new(text, length);
    assert_true(diagnose(known->phrases, log, &diagnosis));
    log_free(log);
    return diagnosis;
}

#define EXPECTED_MOST 8

struct expected {
    char lines[EXPECTED_MOST][80]; // "CAUSE SPEAKER" or "CAUSE SPEAKER SUBJECT"
    size_t count;
};

// The number of texts that are not answered as expected.
static size_t check_text(const struct known *known, const struct expected *expected, const char *text)
{
    struct diagnosis diagnosis = diagnose_text(known, text, strlen(text));
    bool nothing = strcmp(expected->lines[0], "nothing") == 0;
    size_t wrong = diagnosis.count != (nothing ? 0 : expected->count);
    if (wrong > 0)
        print_error("%zu errors are found in:\n%s", diagnosis.count, text);
    for (size_t i = 0; i < diagnosis.count && i < expected->count; i++) {
        const struct finding *finding = &diagnosis.findings[i];
        char found[80];
        const char *subject = diagnose_subject(known->sayings, finding);
        bool asked = strchr(strchr(expected->lines[i], ' ') + 1, ' ') != NULL;
        snprintf(found, sizeof(found), "%s %s%s%s",
            sayings_words(known->sayings, finding->causes[0].cause).name,
            finding->speaker >= 0 ? known->sayings->speakers[finding->speaker].name : "-", asked ? " " : "",
            !asked            ? ""
            : subject != NULL ? subject
                              : "-");
        if (strcmp(found, expected->lines[i]) == 0)
            continue;
        print_error("expected '%s', found '%s' in:\n%s", expected->lines[i], found, text);
        wrong++;
    }
    diagnosis_free(&diagnosis);
    return wrong;
}

// Returns how many texts the file has.
static size_t check_texts_of(const struct known *known, const char *path)
{
    FILE *file = fopen(path, "re");
    char line[1024], text[8192] = "";
    size_t texts = 0, wrong = 0;
    struct expected expected = {.count = 0};
    assert_non_null(file);
    for (bool more = true; more;) {
        more = fgets(line, sizeof(line), file) != NULL;
        bool heading = !more || strncmp(line, "=== ", 4) == 0;
        if (more && line[0] == '#' && line[1] == ' ')
            continue;
        if (heading && text[0] != '\0') {
            wrong += check_text(known, &expected, text);
            texts++;
            text[0] = '\0';
            expected.count = 0;
        }
        if (more && heading) {
            assert_in_range(expected.count, 0, EXPECTED_MOST - 1);
            snprintf(expected.lines[expected.count++], sizeof(expected.lines[0]), "%.*s",
                (int)strcspn(line + 4, "\n"), line + 4);
        } else if (more) {
            assert_true(strlen(text) + strlen(line) < sizeof(text));
            memcpy(text + strlen(text), line, strlen(line) + 1);
        }
    }
    fclose(file);
    assert_int_equal(wrong, 0);
    return texts;
}

// Breaks with: a cause that comes first and should not, one client's words taken for another's, one error
// taken for two or two for one, the settings of a pool that has not spoken.
static void each_text_is_answered_as_expected(void **state)
{
    assert_in_range(check_texts_of(*state, TEXTS), 100, 1000);
    assert_in_range(check_texts_of(*state, REPORTS), 200, 1000);
}

// Breaks with: a text that is cut.
static void a_long_log_is_read_to_its_end(void **state)
{
    const struct known *known = *state;
    char *log = NULL;
    size_t length;
    FILE *memory = open_memstream(&log, &length);
    for (int i = 0; i < 8000; i++)
        fprintf(memory, "2026-11-28 10:00:00,%03d INFO app: request %d was answered in time\n", i % 1000, i);
    fputs("Traceback (most recent call last):\npsycopg2.OperationalError: SSL SYSCALL error: EOF detected\n",
        memory);
    fclose(memory);
    assert_in_range(length, 400000, 1000000);
    struct diagnosis diagnosis = diagnose_text(known, log, length);
    assert_int_equal(diagnosis.count, 1);
    assert_int_equal(diagnosis.findings[0].line, 8002);
    diagnosis_free(&diagnosis);
    free(log);
}

// Breaks with: an error that is told as often as it comes.
static void an_error_that_comes_again_is_counted(void **state)
{
    static const char text[] = "2026-01-02 psycopg2.InterfaceError: connection already closed\n"
                               "2026-01-03 fine\n"
                               "2026-01-04 psycopg2.InterfaceError: connection already closed\n";
    struct diagnosis diagnosis = diagnose_text(*state, text, sizeof(text) - 1);
    assert_int_equal(diagnosis.count, 1);
    assert_int_equal(diagnosis.findings[0].times, 2);
    assert_int_equal(diagnosis.findings[0].line, 1);
    assert_int_equal(diagnosis.findings[0].last_line, 3);
    diagnosis_free(&diagnosis);
}

static char *report_of(const struct known *known, const char *text, bool all, bool *found)
{
    char *report = NULL;
    size_t size;
    FILE *memory = open_memstream(&report, &size);
    struct diagnosis diagnosis = diagnose_text(known, text, strlen(text));
    const struct diagnose_request request = {.root = "/nonexistent", .phrases = known->phrases, .all = all};
    *found = diagnose_report(memory, &request, &diagnosis);
    fclose(memory);
    diagnosis_free(&diagnosis);
    return report;
}

static void a_report_tells_the_likely_cause_in_full_and_names_the_others(void **state)
{
    bool found;
    char *report = report_of(
        *state, "consuming input failed: SSL SYSCALL error: EOF detected", false, &found);
    assert_true(found);
    assert_non_null(strstr(report, "Most likely:\n1. FIN, read too late\n   on the wire"));
    assert_non_null(strstr(report, "It may also be:\n2. RST, read too late\n3. "));
    assert_non_null(strstr(report, "hangup atlas --event fin-to-app --client psycopg3"));
    free(report);
    report = report_of(*state, "consuming input failed: SSL SYSCALL error: EOF detected", true, &found);
    assert_non_null(strstr(report, "\n2. RST, read too late\n   on the wire"));
    free(report);
}

// Breaks with: a line that is wider than the terminal, a name of the program that the reader's shell does not
// know, a command that a shell takes for two.
static void a_report_fits_the_terminal(void **state)
{
    bool found;
    assert_int_equal(setenv("COLUMNS", "60", 1), 0);
    invocation_remember("./my tools/hangup");
    char *report = report_of(*state, "consuming input failed: SSL SYSCALL error: EOF detected", true, &found);
    invocation_remember("hangup");
    assert_int_equal(unsetenv("COLUMNS"), 0);
    assert_non_null(strstr(report, "   see it        './my tools/hangup' atlas --event \\\n"
                                   "                 fin-to-app --client psycopg3\n"));
    for (const char *line = report; *line != '\0'; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 60);
    free(report);
}

static void a_report_says_when_nothing_fits_and_what_it_knows_anyway(void **state)
{
    bool found;
    char *report = report_of(*state, "psycopg2.Error: something new, SQLSTATE 23505", false, &found);
    assert_false(found);
    assert_non_null(strstr(report, "No row of the atlas says this."));
    assert_non_null(strstr(report, "Recognised anyway: psycopg2, SQLSTATE 23505 (integrity constraint"));
    free(report);
}

// Breaks with: a saying without a source, a name that is not there.
static void what_is_known_is_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"[]", "expected a mapping"},
        {"clients: [{name: a, is: a, words: [a]}]", "missing key 'pools'"},
        {"clients: [{name: a, on: b, is: a, words: [a]}]\npools: [{name: a, words: [a]}]\n"
         "classes: [{class: \"08\", is: a}]\n"
         "conditions: [{name: c, kind: told, title: t, wire: w, noticed: n, earlier: e}]\n"
         "sayings: [{says: a, cause: [c], from: f}]",
            "unknown client 'b'"},
        {"clients: [{name: a, is: a, words: [a]}]\npools: [{name: a, words: [a]}]\n"
         "classes: [{class: \"08\", is: a}]\n"
         "conditions: [{name: c, kind: told, title: t, wire: w, noticed: n, earlier: e}]\n"
         "sayings: [{says: a, cause: [d], from: f}]",
            "unknown condition 'd'"},
        {"clients: [{name: a, is: a, words: [a]}]\npools: [{name: a, words: [a]}]\n"
         "classes: [{class: \"08\", is: a}]\n"
         "conditions: [{name: c, kind: told, title: t, wire: w, noticed: n, earlier: e}]\n"
         "sayings: [{says: a, cause: [c]}]",
            "missing key 'from'"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {0};
        assert_null(sayings_parse("x.yaml", cases[i].text, strlen(cases[i].text), &error));
        assert_non_null(strstr(error.text, cases[i].error));
    }
}

// Breaks with: a cause that says "no goodbye" of a text that quotes it.
static void no_row_of_the_atlas_contradicts_its_text(void **state)
{
    const struct known *known = *state;
    size_t quoting = 0;
    for (size_t i = 0; i < known->atlas->rows_count; i++) {
        const struct atlas_row *row = &known->atlas->rows[i];
        if (row->outcome != ATLAS_ERROR || !atlas_quotes_server(row))
            continue;
        quoting++;
        if (row->evidence.goodbye && row->cause != CAUSE_FIN_READ && row->cause != CAUSE_FIN_UNREAD)
            continue;
        fail_msg("%s, %s: '%s', and the cause is %s", row->event, row->client, row->text,
            atlas_causes[row->cause].name);
    }
    assert_in_range(quoting, 40, known->atlas->rows_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_folded),
        cmocka_unit_test(a_log_is_read_as_it_was_meant),
        cmocka_unit_test(each_text_is_answered_as_expected),
        cmocka_unit_test(a_long_log_is_read_to_its_end),
        cmocka_unit_test(an_error_that_comes_again_is_counted),
        cmocka_unit_test(a_report_tells_the_likely_cause_in_full_and_names_the_others),
        cmocka_unit_test(a_report_fits_the_terminal),
        cmocka_unit_test(a_report_says_when_nothing_fits_and_what_it_knows_anyway),
        cmocka_unit_test(what_is_known_is_checked),
        cmocka_unit_test(no_row_of_the_atlas_contradicts_its_text),
    };
    return cmocka_run_group_tests(tests, read_what_is_known, forget);
}
