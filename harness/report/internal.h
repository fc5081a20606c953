// What all reports share: which numbers they show, how these read, and which cells belong together.
#ifndef HANGUP_REPORT_INTERNAL_H
#define HANGUP_REPORT_INTERNAL_H

#include "result/select.h"

#include <stdio.h>

struct report_column {
    const char *title; // short: the terminal's table has to fit 100 columns
    enum metric metric;
    int leave_out; // where there is less room: 1 goes first, then 2 ...; 0 stays
};

extern const struct report_column report_columns[];
extern const size_t report_columns_count;

// "pass"; for a negative control that failed "fail (as it must)", or only "fail".
const char *report_verdict(const struct cell_result *cell);
const char *report_verdict_word(const struct cell_result *cell);

// "--fail-on errors: errors 2": why a cell that is as expected is a failure all the same; NULL: it is none.
const char *report_breach(const struct cell_result *cell);

// "pqpool:none", with its seed where the run has several of the same. The caller frees it; NULL: no memory.
char *report_label(const struct run_order *order, const struct cell_result *cell);

#define REPORT_PLACE_SIZE 4096
// Which line of which file a reason is about: "scenarios/idle/hung-up.yaml:12: any: ...". False: it is about
// none.
bool report_reason_place(const char *reason, char path[static REPORT_PLACE_SIZE], int *line);

// "5 passed, 0 failed, 0 skipped, 0 errors in 9.1 s (1 h 20 min of virtual time)"
void report_total(FILE *file, const struct run_result *result);

#endif
