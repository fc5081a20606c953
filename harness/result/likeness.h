// Which class of strategies a pool without one behaves like, over the scenarios of a run. Pure.
#ifndef HANGUP_RESULT_LIKENESS_H
#define HANGUP_RESULT_LIKENESS_H

#include "plan/plan.h"
#include "result/result.h"

#include <stdio.h>

// A line for each of the plan's subjects that has no class, such as
//   mypool:default behaves like pre-ping in 41 of 42 scenarios; not in idle/silence: slowest: expected <3s,
//   ...
// The result's cells are the plan's. False: no memory.
bool likeness_print(const struct plan *plan, const struct run_result *result, FILE *file) MUST_CHECK;

#endif
