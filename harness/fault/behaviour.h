// What a fault of each kind does to the lab: one file a kind.
#ifndef HANGUP_FAULT_BEHAVIOUR_H
#define HANGUP_FAULT_BEHAVIOUR_H

#include "scenario/fault.h"

struct lab;

struct fault_behaviour {
    const char *kind; // its name: "silence"
    // In the lab, at spec->at_us. `*state` is the fault's own and is freed by `revert`.
    bool (*apply)(
        struct lab *lab, const struct fault_spec *spec, void **state, struct error *error) MUST_CHECK;
    // Undoes it. Called once, also when the cell is cut short.
    bool (*revert)(struct lab *lab, void *state, struct error *error) MUST_CHECK;
    // How many packets or processes it has met so far. Called before `revert`.
    bool (*count_hits)(struct lab *lab, void *state, int64_t *hits, struct error *error) MUST_CHECK;
};

// NULL: nobody has written it. test_fault.c holds the words and these together.
const struct fault_behaviour *fault_behaviour_of(const struct fault_kind *kind);

#endif
