// Reports: one run's result for a person at a terminal, for a CI server and for a page on the web. All are
// pure and can be made again from a stored run.json.
#ifndef HANGUP_REPORT_REPORT_H
#define HANGUP_REPORT_REPORT_H

#include "base/error.h"
#include "result/result.h"

#include <stdio.h>

// The table, with the reasons of what failed and what the application was told; the last line is the total.
// `width` is that of the terminal in columns. Errors of `file` are left to the caller (ferror).
void report_table_print(FILE *file, const struct run_result *result, bool colours, int width);

// junit.xml: a test suite per scenario, a test case per subject.
void report_junit_print(FILE *file, const struct run_result *result);
bool report_junit_write(
    const struct folder *folder, const struct run_result *result, struct error *error) MUST_CHECK;

// summary.md: GitHub-flavoured Markdown with the same content as the table.
void report_summary_print(FILE *file, const struct run_result *result);
bool report_summary_write(
    const struct folder *folder, const struct run_result *result, struct error *error) MUST_CHECK;

#endif
