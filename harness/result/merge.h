// Several runs as one: the shards of a plan, or a part that was run again.
#ifndef HANGUP_RESULT_MERGE_H
#define HANGUP_RESULT_MERGE_H

#include "result/result.h"

struct merge_request {
    struct run_result **runs;
    const char *const *names; // of their folders, for messages
    size_t count;
    bool replaces; // of a cell that is in several runs, the one of the last run
};

// The cells of all runs, sorted by scenario. Takes them out of the runs, which are left for the caller to
// free. All must be of one lab, one kernel and one image: numbers of different ones do not belong into one
// table. Unless it replaces, no cell is in two of them, none was cut short, and shards are all of one plan.
// NULL: ERROR_INPUT, or ERROR_LAB for memory.
struct run_result *run_merge(const struct merge_request *request, struct error *error) MUST_CHECK;

#endif
