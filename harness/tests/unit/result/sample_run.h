// Runs for tests of what is made from run.json: cells with a few numbers, everything else as in a calm cell.
#ifndef HANGUP_TESTS_UNIT_RESULT_SAMPLE_RUN_H
#define HANGUP_TESTS_UNIT_RESULT_SAMPLE_RUN_H

#include "result/result.h"

// Frees with run_result_free; sample_cell fills one place more.
struct run_result *sample_run(const char *lab);
struct cell_result *sample_cell(struct run_result *run, const char *scenario, const char *subject);
void sample_error(struct cell_result *cell, const char *text);

#endif
