// A run with everything that a report has to show, and what else tests of reports begin with.
#ifndef HANGUP_TESTS_UNIT_REPORT_REPORT_FIXTURE_H
#define HANGUP_TESTS_UNIT_REPORT_REPORT_FIXTURE_H

#include "report/report.h"

// Each outcome, a negative control, a cell that was not run, and text that every format has to escape.
extern struct run_result *report_sample;
int report_sample_make(void **state);
int report_sample_free(void **state);

// An empty reason: none.
struct verdict *sample_verdict(enum outcome outcome, const char *reason);
void sample_add_error(struct verdict *verdict, int64_t id, const char *text);
void sample_set_cell(struct run_result *result, size_t index, const char *scenario_name, const char *claim,
    const char *subject, bool control, struct verdict *verdict);

// What a report prints into a file. The caller frees it.
char *printed(bool (*print)(const struct report_page *page), const struct run_result *result);
void expect_parts(const char *text, const char *const *parts);

#endif
