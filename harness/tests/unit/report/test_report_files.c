// The table of reports: which files and formats there are, and that files are written whole or not at all.
#include "tests/unit/report/report_fixture.h"

#include "base/directory.h"
#include "tests/unit/base/opened.h"
#include "tests/unit/result/sample_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void reports_are_written_whole_or_not_at_all(void **state)
{
    (void)state;
    char path[] = "/tmp/hangup-test-XXXXXX", summary[64];
    struct error error = {0};
    assert_non_null(mkdtemp(path));
    sample_file(path, "summary.md", "old");
    struct folder folder = opened(path);
    assert_true(reports_write(&folder, report_sample, &error));
    for (size_t i = 0; i < reports_count; i++)
        assert_true(reports[i].file == NULL || folder_has(&folder, reports[i].file));
    snprintf(summary, sizeof(summary), "%s/summary.md", path);
    FILE *file = fopen(summary, "re");
    assert_int_equal(fgetc(file), '#');
    fclose(file);
    folder_remove(path);
    assert_false(reports_write(&folder, report_sample, &error));
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
        cmocka_unit_test(reports_are_written_whole_or_not_at_all),
        cmocka_unit_test(every_report_is_a_file_or_a_format),
        cmocka_unit_test(what_cannot_be_printed_replaces_nothing),
    };
    return cmocka_run_group_tests_name("report_files", tests, report_sample_make, report_sample_free);
}
