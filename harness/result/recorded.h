// A baseline as a run without traces: for what shows runs.
#ifndef HANGUP_RESULT_RECORDED_H
#define HANGUP_RESULT_RECORDED_H

#include "result/result.h"

// Of each cell what was recorded: impact, figures and texts. Its claim is empty and its best is clean until
// somebody who has the scenarios says more. Cells of scenarios and subjects that nobody could name are left
// out. NULL: ERROR_LAB, no memory.
struct run_result *recorded_run(const json_t *baseline, struct error *error) MUST_CHECK;

#endif
