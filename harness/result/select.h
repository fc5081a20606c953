// Which cells of a run belong together.
#ifndef HANGUP_RESULT_SELECT_H
#define HANGUP_RESULT_SELECT_H

#include "result/result.h"

// The first cell of each scenario that was run, in order: start with 0; cells_count ends it.
size_t run_next_scenario(const struct run_result *result, size_t from);
// The first cell at or after `from` that was run and belongs to the scenario of cell `first`.
size_t run_next_cell(const struct run_result *result, size_t first, size_t from);

#endif
