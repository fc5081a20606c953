// The table of a run: what it tells, how it fits its width, and its colours.
#include "tests/unit/report/report_fixture.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *table_of(const struct run_result *result, bool colours, int width)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    const struct report_page page = {.file = file, .result = result, .colours = colours, .width = width};
    assert_true(report_table_print(&page));
    fclose(file);
    return text;
}

static void the_table_tells_the_story(void **state)
{
    (void)state;
    static const char wanted[] =
        "idle/hung-up\n"
        "  The server ends while its connections idle; the pool finds out | only at the next <checkout> & says so.\n"
        "  impact  verdict subject                  ops err hung   delay  median recovery pings conns lost dup doubt\n"
        "  errors  pass    pqpool:none               10   2    0 20.05ms 10.00ms        -     0     0    0   0     0\n"
        "          2x SSL SYSCALL error: EOF detected\n"
        "  stuck   fail    pqpool:pre-ping-deadline  10   1    0  970.0s 10.00ms        -     0     0    0   0     0\n"
        "          1x caf\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97 <a> & \"b\" | `c` ]]>\n"
        "          scenarios/idle/hung-up.yaml:12: any: errors: expected 0, actual 1\n"
        "  clean   pass    sqlalchemy:none           10   0    0   999us 10.00ms        -     0     0    0   0     0\n"
        "\n"
        "idle/silence\n"
        "  The path swallows.\n"
        "  No pool can do better here than: delayed.\n"
        "  impact  verdict subject                  ops err hung   delay  median recovery pings conns lost dup doubt\n"
        "  -       skip    node:none                  -   -    -       -       -        -     -     -    -   -     -\n"
        "          /usr/bin/node: not installed\n"
        "  -       error   pqpool:none                -   -    -       -       -        -     -     -    -   -     -\n"
        "          scenarios/idle/silence.yaml:9: silence both: the fault hit nothing\n"
        "\n"
        "selftest/x\n"
        "  A false claim.\n"
        "  impact  verdict subject                  ops err hung   delay  median recovery pings conns lost dup doubt\n"
        "  clean   fail    pqpool:none                0   0    0       - 10.00ms        -     0     0    0   0     0\n"
        "          fail (as it must): scenarios/selftest/x.yaml:4: any: ops: expected 1, actual 0\n"
        "\n"
        "Too narrow for slowest, attempts: see summary.md.\n"
        "3 passed, 1 failed, 1 skipped, 1 errors, 1 not run in 9.1 s (1 h 4 min of virtual time)\n";
    char *text = table_of(report_sample, false, 110);
    assert_string_equal(text, wanted);
    free(text);
}

static int columns_of(const char *line, size_t length)
{
    int columns = 0;
    for (const char *end = line + length; line < end; columns++)
        columns += text_next_character(&line) >= 0x2e80; // the wide characters of the sample
    return columns;
}

// Rows and texts; reasons are never cut.
static void the_table_fits_its_width(void **state)
{
    (void)state;
    for (int width = 79; width <= 130; width++) {
        char *text = table_of(report_sample, false, width);
        for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
            size_t length = strcspn(line, "\n");
            int columns = columns_of(line, length);
            bool sentence = memmem(line, length, ".yaml:", 6) || memmem(line, length, " passed, ", 9);
            if (!sentence && columns > width)
                fail_msg("%d columns of %d: %.*s", columns, width, (int)length, line);
        }
        free(text);
    }
}

static void a_narrow_table_says_what_it_leaves_out(void **state)
{
    (void)state;
    char *text = table_of(report_sample, false, 80);
    assert_non_null(
        strstr(text, "  impact  verdict subject                  err hung   delay pings lost dup doubt\n"));
    assert_non_null(strstr(
        text, "\nToo narrow for ops, slowest, median, recovery, connects, attempts: see\nsummary.md.\n"));
    free(text);
}

static void long_texts_end_in_an_ellipsis(void **state)
{
    (void)state;
    struct run_result *result = run_result_new("native", NULL, NULL, 1, 1);
    struct verdict *verdict = sample_verdict(OUTCOME_PASS, "");
    sample_add_error(verdict, 1,
        "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97"
        "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97");
    sample_set_cell(result, 0, "a", "b", "c", false, verdict);
    char *text = table_of(result, false, 40);
    assert_non_null(strstr(text, "\n          1x \xe6\xbc\xa2"));
    assert_non_null(strstr(text, "\xe6\xbc\xa2\xe2\x80\xa6\n"));
    assert_null(strstr(text, "virtual"));
    free(text);
    run_result_free(result);
}

static void colours_only_when_asked(void **state)
{
    (void)state;
    char *plain = table_of(report_sample, false, 100), *colourful = table_of(report_sample, true, 100);
    assert_null(strchr(plain, '\033'));
    assert_non_null(strstr(colourful, "\033[33merrors "));
    assert_non_null(strstr(colourful, "\033[1;31mfail "));
    char *out = colourful; // without its colours it is the plain one
    for (const char *in = colourful; *in; in++) {
        if (*in == '\033')
            in += strcspn(in, "m");
        else
            *out++ = *in;
    }
    *out = '\0';
    assert_string_equal(colourful, plain);
    free(plain);
    free(colourful);
}

static void seeds_tell_the_same_subject_apart(void **state)
{
    (void)state;
    struct run_result *result = run_result_new("virtual", NULL, NULL, 1, 2);
    for (size_t i = 0; i < 2; i++) {
        sample_set_cell(result, i, "a", "b", "pqpool:none", false, sample_verdict(OUTCOME_PASS, "x"));
        result->cells[i].seed = i + 7;
    }
    char *text = table_of(result, false, 120);
    assert_non_null(strstr(text, "pqpool:none seed 7"));
    assert_non_null(strstr(text, "pqpool:none seed 8"));
    free(text);
    run_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_tells_the_story),
        cmocka_unit_test(the_table_fits_its_width),
        cmocka_unit_test(a_narrow_table_says_what_it_leaves_out),
        cmocka_unit_test(long_texts_end_in_an_ellipsis),
        cmocka_unit_test(colours_only_when_asked),
        cmocka_unit_test(seeds_tell_the_same_subject_apart),
    };
    return cmocka_run_group_tests_name("table", tests, report_sample_make, report_sample_free);
}
