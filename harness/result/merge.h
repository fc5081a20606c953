// Several runs as one: the shards of a plan, or a part that was run again.
#ifndef HANGUP_RESULT_MERGE_H
#define HANGUP_RESULT_MERGE_H

#include "result/result.h"

// The cells of all runs, sorted by scenario; of a cell that is in several runs, the one of the last run.
// Takes the cells out of `runs`, which are left for the caller to free. All must be of one lab and one
// kernel: numbers of different ones do not belong into one table. NULL: ERROR_INPUT, or ERROR_LAB for memory.
struct run_result *run_merge(struct run_result **runs, size_t count, struct error *error) MUST_CHECK;

#endif
