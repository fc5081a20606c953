// The run's result and its reports: the same data as JSON, as a table, as JUnit's XML and as Markdown.
#include "report/report.h"
#include "result/result.h"

#include "base/directory.h"
#include "base/duration.h"
#include "base/text.h"
#include "tests/unit/base/opened.h"
#include "tests/unit/result/sample_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct run_result *sample;

static struct verdict *verdict_with(enum outcome outcome, const char *reason)
{
    struct verdict *verdict = verdict_without_trace(outcome, reason);
    assert_non_null(verdict);
    if (*reason)
        return verdict;
    free(verdict->reasons[0]);
    verdict->reasons_count = 0;
    return verdict;
}

static void set_metrics(struct verdict *verdict, int64_t ops, int64_t errors, int64_t slowest_us)
{
    int64_t *value = verdict->metrics.value;
    for (int i = 0; i < METRIC_KINDS; i++)
        value[i] = 0;
    value[METRIC_OPS] = ops;
    value[METRIC_OK] = ops - errors;
    value[METRIC_ERRORS] = errors;
    value[METRIC_SLOWEST] = slowest_us;
    value[METRIC_MEDIAN] = 10004;
    value[METRIC_RECOVERY] = METRIC_ABSENT;
    verdict->virtual_us = 970 * US_PER_S + 123456;
    verdict->version = strdup("1.0");
}

static void add_error(struct verdict *verdict, int64_t id, const char *text)
{
    verdict->errors = realloc(verdict->errors, (verdict->errors_count + 1) * sizeof(*verdict->errors));
    verdict->errors[verdict->errors_count++] = (struct operation_error){.id = id,
        .at_us = 60123456,
        .took_us = 20004,
        .operation = strdup("insert"),
        .text = strdup(text),
        .kind = strdup("OperationalError")};
}

static void set_cell(struct run_result *result, size_t index, const char *scenario_name, const char *claim,
    const char *subject, bool control, struct verdict *verdict)
{
    struct error error = {0};
    static const struct folder nowhere = {.fd = -1, .path = "/nowhere"};
    struct scenario scenario = {.name = (char *)scenario_name, .claim = (char *)claim, .must_fail = control};
    char name[32];
    snprintf(name, sizeof(name), "idle-hung-up--x--%zu", index);
    struct cell cell = {.name = name, .scenario = &scenario, .subject = (char *)subject, .seed = 7};
    assert_true(run_result_set(result, index, &cell, &nowhere, verdict, 0.25, &error));
}

// Each outcome, a negative control, a cell that was not run, and text that every format has to escape.
static int make_sample(void **state)
{
    (void)state;
    static const char claim[] =
        "The server ends while its connections idle; the pool finds out | only at the next <checkout> & says so.";
    struct run_result *result = run_result_new("virtual", "6.12.9", "2026-01-02T03:04:05Z", 7, 7);
    result->wall_s = 9.0517;
    struct verdict *verdict = verdict_with(OUTCOME_PASS, "");
    set_metrics(verdict, 10, 2, 20048);
    add_error(verdict, 3, "SSL SYSCALL error: EOF detected");
    add_error(verdict, 4, "SSL SYSCALL error: EOF detected");
    set_cell(result, 0, "idle/hung-up", claim, "pqpool:none", false, verdict);
    verdict = verdict_with(OUTCOME_FAIL, "scenarios/idle/hung-up.yaml:12: any: errors: expected 0, actual 1");
    set_metrics(verdict, 10, 1, 970045678);
    add_error(verdict, 1, "caf\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97 <a> & \"b\" | `c` ]]>");
    set_cell(result, 1, "idle/hung-up", claim, "pqpool:pre-ping-deadline", false, verdict);
    set_cell(result, 2, "idle/silence", "The path swallows.", "node:none", false,
        verdict_with(OUTCOME_SKIP, "/usr/bin/node: not installed"));
    set_cell(result, 3, "idle/silence", "The path swallows.", "pqpool:none", false,
        verdict_with(OUTCOME_ERROR, "scenarios/idle/silence.yaml:9: silence both: the fault hit nothing"));
    verdict = verdict_with(OUTCOME_FAIL, "scenarios/selftest/x.yaml:4: any: ops: expected 1, actual 0");
    verdict->outcome = OUTCOME_PASS;
    set_metrics(verdict, 0, 0, METRIC_ABSENT);
    set_cell(result, 4, "selftest/x", "A false claim.", "pqpool:none", true, verdict);
    verdict = verdict_with(OUTCOME_PASS, "");
    set_metrics(verdict, 10, 0, 999);
    set_cell(result, 5, "idle/hung-up", claim, "sqlalchemy:none", false, verdict);
    sample = result;
    return 0;
}

static int free_sample(void **state)
{
    (void)state;
    run_result_free(sample);
    return 0;
}

static char *json_text(const struct run_result *result)
{
    struct error error = {0};
    json_t *json = run_result_to_json(result, &error);
    assert_non_null(json);
    char *text = json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
    json_decref(json);
    return text;
}

static void json_has_what_was_measured(void **state)
{
    (void)state;
    char *text = json_text(sample);
    static const char *const wanted[] = {"\"schema\": \"hangup-run/1\"", "\"lab\": \"virtual\"",
        "\"kernel\": \"6.12.9\"", "\"seed\": 7", "\"slowest_ms\": 20.048", "\"median_ms\": 10.004",
        "\"recovery_ms\": null", "\"virtual_s\": 970.123456", "\"wall_s\": 0.25", "\"wall_s\": 9.052",
        "\"verdict\": \"pass\"", "\"control\": true", "\"op\": 3", "\"do\": \"insert\"",
        "\"took_ms\": 20.004", "\"at_s\": 60.123456", "\"sqlstate\": null", "\"count\": 2", "\"not_run\": 1",
        "\"pcap_sha256\": null"};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (!strstr(text, wanted[i]))
            fail_msg("%s is not in %s", wanted[i], text);
    free(text);
}

static void json_is_read_back_as_it_was(void **state)
{
    (void)state;
    char path[] = "/tmp/hangup-test-XXXXXX";
    struct error error = {0};
    assert_non_null(mkdtemp(path));
    struct folder folder = opened(path);
    assert_true(reports_write(&folder, sample, &error));
    struct run_result *again = run_result_read(&folder, &error);
    assert_string_equal(error.text, "");
    char *before = json_text(sample), *after = json_text(again);
    assert_string_equal(before, after);
    assert_int_equal(again->cells_count, 7);
    assert_int_equal(again->cells[1].verdict->metrics.value[METRIC_SLOWEST], 970045678);
    assert_int_equal(again->cells[3].verdict->metrics.value[METRIC_SLOWEST], METRIC_ABSENT);
    assert_int_equal(run_result_outcome(again), OUTCOME_ERROR);
    free(before);
    free(after);
    run_result_free(again);
    folder_close(&folder);
    folder_remove(path);
}

static void long_lists_of_errors_are_cut_but_counted(void **state)
{
    (void)state;
    struct run_result *result = run_result_new("virtual", NULL, NULL, 1, 1);
    struct verdict *verdict = verdict_with(OUTCOME_PASS, "");
    for (int i = 0; i < 250; i++)
        add_error(verdict, i, i % 2 ? "odd" : "even");
    set_cell(result, 0, "a", "b", "c", false, verdict);
    struct error error = {0};
    json_t *json = run_result_to_json(result, &error);
    struct run_result *again = run_result_from_json(json, &error);
    assert_int_equal(again->cells[0].verdict->errors_count, 100);
    assert_int_equal(again->cells[0].texts.count, 2);
    assert_string_equal(again->cells[0].texts.items[1].text, "odd");
    assert_int_equal(again->cells[0].texts.items[1].count, 125);
    json_decref(json);
    run_result_free(again);
    run_result_free(result);
}

// Whatever member of a good run.json is taken away or has another type, it is read or refused with a word.
static void broken_json_is_refused(void **state)
{
    (void)state;
    struct error error = {0};
    char *text = json_text(sample);
    for (size_t i = 0, length = strlen(text); i < length; i += 7) {
        char *copy = strdup(text);
        copy[i] = copy[i] == '1' ? '"' : '1';
        json_t *json = json_loads(copy, 0, NULL);
        error.text[0] = '\0';
        struct run_result *result = json ? run_result_from_json(json, &error) : NULL;
        assert_true(!json || result || error.text[0]);
        run_result_free(result);
        json_decref(json);
        free(copy);
    }
    free(text);
}

// A run.json from somewhere else must not command the terminal.
static void texts_that_are_read_back_are_one_line(void **state)
{
    (void)state;
    struct error error = {0};
    json_t *json = run_result_to_json(sample, &error);
    json_t *cell = json_array_get(json_object_get(json, "cells"), 0);
    json_object_set_new(cell, "claim", json_string("a\nb\033[2J"));
    json_object_set_new(cell, "reasons", json_pack("[s]", "c\n\td\007"));
    struct run_result *result = run_result_from_json(json, &error);
    assert_string_equal(result->cells[0].claim, "a b[2J");
    assert_string_equal(result->cells[0].verdict->reasons[0], "c d");
    run_result_free(result);
    json_decref(json);
}

static void refusals_name_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"[]", "schema: expected"},
        {"{}", "schema: expected"},
        {"{\"schema\": \"hangup-run/2\"}", "schema: expected"},
        {"{\"schema\": \"hangup-run/1\"}", "seed: expected a whole number"},
        {"{\"schema\": \"hangup-run/1\", \"seed\": 1, \"not_run\": -1, \"lab\": \"x\", \"cells\": []}",
            "not_run: expected"},
        {"{\"schema\": \"hangup-run/1\", \"seed\": 1, \"not_run\": 0, \"cells\": []}",
            "lab: expected a text"},
        {"{\"schema\": \"hangup-run/1\", \"seed\": 1, \"not_run\": 0, \"lab\": \"x\"}",
            "cells: expected a list"},
        {"{\"schema\": \"hangup-run/1\", \"seed\": 1, \"not_run\": 0, \"lab\": \"x\", \"wall_s\": 1, \"cells\": [1]}",
            "cells[0]: scenario: expected a text"},
        {"{\"schema\": ", ":1:"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char path[] = "/tmp/hangup-test-XXXXXX";
        struct error error = {0};
        assert_non_null(mkdtemp(path));
        struct folder folder = opened(path);
        sample_file(path, "run.json", cases[i].text);
        assert_null(run_result_read(&folder, &error));
        folder_close(&folder);
        assert_int_equal(error.category, ERROR_INPUT);
        assert_non_null(strstr(error.text, path));
        if (!strstr(error.text, cases[i].why))
            fail_msg("%s is not in %s", cases[i].why, error.text);
        folder_remove(path);
    }
}

static void digests_come_from_the_cells_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/hangup-test-XXXXXX", path[128];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/cell", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/cell/events.jsonl", folder);
    FILE *file = fopen(path, "we");
    fputs("abc", file);
    fclose(file);
    struct scenario scenario = {.name = (char *)"a", .claim = (char *)"b"};
    struct cell cell = {.name = (char *)"cell", .scenario = &scenario, .subject = (char *)"c"};
    struct run_result *result = run_result_new("native", NULL, NULL, 1, 1);
    struct error error = {0};
    struct folder run = opened(folder);
    assert_true(run_result_set(result, 0, &cell, &run, verdict_with(OUTCOME_PASS, ""), 1, &error));
    folder_close(&run);
    assert_string_equal(
        result->cells[0].events_sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(result->cells[0].pcap_sha256, "");
    run_result_free(result);
    unlink(path);
    snprintf(path, sizeof(path), "%s/cell", folder);
    rmdir(path);
    rmdir(folder);
}

static void the_worst_cell_decides(void **state)
{
    (void)state;
    static const enum outcome order[] = {OUTCOME_PASS, OUTCOME_SKIP, OUTCOME_FAIL, OUTCOME_ERROR};
    for (size_t i = 0; i < 4; i++) {
        struct run_result *result = run_result_new("virtual", NULL, NULL, 1, 3);
        set_cell(result, 0, "a", "b", "c", false, verdict_with(order[i], "x"));
        set_cell(result, 1, "a", "b", "d", false, verdict_with(OUTCOME_PASS, "x"));
        assert_int_equal(run_result_outcome(result), order[i]);
        struct outcome_counts counts = run_result_count(result);
        assert_int_equal(counts.not_run, 1);
        assert_int_equal(counts.passed + counts.skipped + counts.failed + counts.errors, 2);
        run_result_free(result);
    }
}

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
        "        subject                  ops err hung slowest  median recovery pings conns lost duplicated in doubt\n"
        "  pass  pqpool:none               10   2    0 20.05ms 10.00ms        -     0     0    0          0        0\n"
        "        2x SSL SYSCALL error: EOF detected\n"
        "  fail  pqpool:pre-ping-deadline  10   1    0  970.0s 10.00ms        -     0     0    0          0        0\n"
        "        1x caf\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97 <a> & \"b\" | `c` ]]>\n"
        "        scenarios/idle/hung-up.yaml:12: any: errors: expected 0, actual 1\n"
        "  pass  sqlalchemy:none           10   0    0   999us 10.00ms        -     0     0    0          0        0\n"
        "\n"
        "idle/silence\n"
        "  The path swallows.\n"
        "        subject                  ops err hung slowest  median recovery pings conns lost duplicated in doubt\n"
        "  skip  node:none                  -   -    -       -       -        -     -     -    -          -        -\n"
        "        /usr/bin/node: not installed\n"
        "  error pqpool:none                -   -    -       -       -        -     -     -    -          -        -\n"
        "        scenarios/idle/silence.yaml:9: silence both: the fault hit nothing\n"
        "\n"
        "selftest/x\n"
        "  A false claim.\n"
        "        subject                  ops err hung slowest  median recovery pings conns lost duplicated in doubt\n"
        "  fail  pqpool:none                0   0    0       - 10.00ms        -     0     0    0          0        0\n"
        "        fail (as it must): scenarios/selftest/x.yaml:4: any: ops: expected 1, actual 0\n"
        "\n"
        "3 passed, 1 failed, 1 skipped, 1 errors, 1 not run in 9.1 s (1 h 4 min of virtual time)\n";
    char *text = table_of(sample, false, 110);
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
        char *text = table_of(sample, false, width);
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
    char *text = table_of(sample, false, 80);
    assert_non_null(
        strstr(text, "        subject                  err hung slowest pings lost duplicated in doubt\n"));
    assert_non_null(strstr(text, "\nToo narrow for ops, median, recovery, connects: see summary.md.\n"));
    free(text);
}

static void long_texts_end_in_an_ellipsis(void **state)
{
    (void)state;
    struct run_result *result = run_result_new("native", NULL, NULL, 1, 1);
    struct verdict *verdict = verdict_with(OUTCOME_PASS, "");
    add_error(verdict, 1,
        "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97"
        "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97");
    set_cell(result, 0, "a", "b", "c", false, verdict);
    char *text = table_of(result, false, 40);
    assert_non_null(strstr(text, "\n        1x \xe6\xbc\xa2"));
    assert_non_null(strstr(text, "\xe5\xad\x97\xe2\x80\xa6\n"));
    assert_null(strstr(text, "virtual"));
    free(text);
    run_result_free(result);
}

static void colours_only_when_asked(void **state)
{
    (void)state;
    char *plain = table_of(sample, false, 100), *colourful = table_of(sample, true, 100);
    assert_null(strchr(plain, '\033'));
    assert_non_null(strstr(colourful, "\033[32mpass "));
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
        set_cell(result, i, "a", "b", "pqpool:none", false, verdict_with(OUTCOME_PASS, "x"));
        result->cells[i].seed = i + 7;
    }
    char *text = table_of(result, false, 120);
    assert_non_null(strstr(text, "pqpool:none seed 7"));
    assert_non_null(strstr(text, "pqpool:none seed 8"));
    free(text);
    run_result_free(result);
}

static char *printed(bool (*print)(const struct report_page *page), const struct run_result *result)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    assert_true(print(&(struct report_page){.file = file, .result = result}));
    fclose(file);
    return text;
}

static void expect_parts(const char *text, const char *const *parts)
{
    for (; *parts; parts++)
        if (!strstr(text, *parts))
            fail_msg("%s\nis not in\n%s", *parts, text);
}

static void junit_has_suites_and_cases(void **state)
{
    (void)state;
    char *text = printed(report_junit_print, sample);
    expect_parts(text,
        (const char *const[]){
            "<testsuites name=\"hangup\" tests=\"6\" failures=\"1\" errors=\"1\" skipped=\"1\" time=\"9.052\">",
            "<testsuite name=\"idle/hung-up\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"0.750\">",
            "<testcase classname=\"idle/hung-up\" name=\"pqpool:none\" time=\"0.250\">",
            "<failure message=\"scenarios/idle/hung-up.yaml:12: any: errors: expected 0, actual 1\">",
            "<skipped message=\"/usr/bin/node: not installed\">",
            "<error message=\"scenarios/idle/silence.yaml:9: silence both: the fault hit nothing\">",
            "told 1x: caf\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97 &lt;a&gt; &amp; &quot;b&quot; | `c` ]]&gt;",
            "verdict: fail (as it must)\nscenarios/selftest/x.yaml:4",
            "value=\"The server ends while its connections idle; the pool finds out | only at the next &lt;checkout&gt; &amp; says so.\"",
            NULL});
    free(text);
}

static void junit_forbids_what_xml_forbids(void **state)
{
    (void)state;
    struct run_result *result = run_result_new("virtual", "a\nb", NULL, 1, 1);
    set_cell(result, 0, "x\001\033y", "\xef\xbf\xbe\xff\xed\xa0\x80z", "a\"'<", false,
        verdict_with(OUTCOME_FAIL, "x"));
    char *text = printed(report_junit_print, result);
    expect_parts(text,
        (const char *const[]){"name=\"x??y\"", "value=\"?????z\"", "name=\"a&quot;'&lt;\"", "a&#10;b", NULL});
    free(text);
    run_result_free(result);
}

static void summary_is_markdown(void **state)
{
    (void)state;
    char *text = printed(report_summary_print, sample);
    expect_parts(text,
        (const char *const[]){
            "# hangup: 3 passed, 1 failed, 1 skipped, 1 errors, 1 not run in 9.1 s (1 h 4 min of virtual time)\n",
            "\n## idle/hung-up\n\nThe server ends",
            "the pool finds out \\| only at the next \\<checkout\\> \\& says so.",
            "| verdict | subject | ops | errors | hung | slowest |",
            "| pass | pqpool:none | 10 | 2 | 0 | 20.05ms | 10.00ms | - |",
            "| **fail** | pqpool:pre-ping-deadline | 10 | 1 |", "| fail (as it must) | pqpool:none |",
            "- pqpool:none told the application: 2x `SSL SYSCALL error: EOF detected`\n",
            "1x `` caf\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97 <a> & \"b\" | `c` ]]> ``\n", NULL});
    free(text);
}

static void reports_are_written_whole_or_not_at_all(void **state)
{
    (void)state;
    char path[] = "/tmp/hangup-test-XXXXXX", summary[64];
    struct error error = {0};
    assert_non_null(mkdtemp(path));
    sample_file(path, "summary.md", "old");
    struct folder folder = opened(path);
    assert_true(reports_write(&folder, sample, &error));
    for (size_t i = 0; i < reports_count; i++)
        assert_true(reports[i].file == NULL || folder_has(&folder, reports[i].file));
    snprintf(summary, sizeof(summary), "%s/summary.md", path);
    FILE *file = fopen(summary, "re");
    assert_int_equal(fgetc(file), '#');
    fclose(file);
    folder_remove(path);
    assert_false(reports_write(&folder, sample, &error));
    folder_close(&folder);
    assert_non_null(strstr(error.text, "/run.json"));
    assert_non_null(strstr(error.text, "No such file or directory"));
    assert_int_equal(error.category, ERROR_LAB);
}

static bool same_name(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

// Breaks with: a row that nothing leads to, or two for one name.
static void every_report_is_a_file_or_a_format(void **state)
{
    (void)state;
    char formats[REPORT_FORMATS_SIZE];
    assert_memory_equal(report_formats(formats), "table", strlen("table"));
    assert_non_null(strstr(formats, " or "));
    assert_non_null(REPORT_DEFAULT->format);
    assert_null(report_by_format("run.json"));
    for (size_t i = 0; i < reports_count; i++) {
        assert_true(reports[i].file != NULL || reports[i].format != NULL);
        assert_true(reports[i].format == NULL || report_by_format(reports[i].format) == &reports[i]);
        assert_true(reports[i].format == NULL || strstr(formats, reports[i].format) != NULL);
        assert_true(reports[i].file == NULL || folder_name_is_plain(reports[i].file));
        for (size_t j = 0; j < i; j++)
            assert_false(same_name(reports[i].file, reports[j].file));
    }
}

// A text that is not UTF-8 has no JSON.
static void what_cannot_be_printed_replaces_nothing(void **state)
{
    (void)state;
    char path[] = "/tmp/hangup-test-XXXXXX";
    struct error error = {0};
    assert_non_null(mkdtemp(path));
    struct folder folder = opened(path);
    struct run_result *result = run_result_new("\xff", NULL, NULL, 1, 0);
    sample_file(path, "run.json", "old");
    assert_false(reports_write(&folder, result, &error));
    assert_string_equal(error.text, "run.json: out of memory, or a text that is not UTF-8");
    assert_false(folder_has(&folder, "junit.xml"));
    struct folder_file file;
    assert_true(folder_open_file(&folder, "run.json", &file, ERROR_INPUT, &error));
    assert_int_equal(fgetc(file.stream), 'o');
    folder_close_file(&file);
    run_result_free(result);
    folder_close(&folder);
    folder_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_what_was_measured),
        cmocka_unit_test(json_is_read_back_as_it_was),
        cmocka_unit_test(long_lists_of_errors_are_cut_but_counted),
        cmocka_unit_test(broken_json_is_refused),
        cmocka_unit_test(texts_that_are_read_back_are_one_line),
        cmocka_unit_test(refusals_name_the_place),
        cmocka_unit_test(digests_come_from_the_cells_folder),
        cmocka_unit_test(the_worst_cell_decides),
        cmocka_unit_test(the_table_tells_the_story),
        cmocka_unit_test(the_table_fits_its_width),
        cmocka_unit_test(a_narrow_table_says_what_it_leaves_out),
        cmocka_unit_test(long_texts_end_in_an_ellipsis),
        cmocka_unit_test(colours_only_when_asked),
        cmocka_unit_test(seeds_tell_the_same_subject_apart),
        cmocka_unit_test(junit_has_suites_and_cases),
        cmocka_unit_test(junit_forbids_what_xml_forbids),
        cmocka_unit_test(summary_is_markdown),
        cmocka_unit_test(reports_are_written_whole_or_not_at_all),
        cmocka_unit_test(every_report_is_a_file_or_a_format),
        cmocka_unit_test(what_cannot_be_printed_replaces_nothing),
    };
    return cmocka_run_group_tests_name("report", tests, make_sample, free_sample);
}
