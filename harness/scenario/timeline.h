// The timeline of a cell: all that the harness itself does, in the order in which it does it. Pure.
#ifndef HANGUP_SCENARIO_TIMELINE_H
#define HANGUP_SCENARIO_TIMELINE_H

#include "scenario/scenario.h"

#include <stddef.h>

enum timeline_kind {
    // At the same moment, in this order: what a fault does to an operation starts with the fault in place.
    TIMELINE_REVERT,
    TIMELINE_APPLY,
    TIMELINE_OPERATION,
};

struct timeline_entry {
    int64_t at_us;
    enum timeline_kind kind;
    size_t index; // of the fault, or of the workload item
};

struct timeline {
    struct timeline_entry *entries;
    size_t count;
};

// False: no memory.
bool timeline_make(struct timeline *timeline, const struct scenario *scenario);
void timeline_free(struct timeline *timeline);

#endif
