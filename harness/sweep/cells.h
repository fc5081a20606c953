// The cells of a sweep: the scenario's cell without its faults, and with them at another moment. Pure.
#ifndef HANGUP_SWEEP_CELLS_H
#define HANGUP_SWEEP_CELLS_H

#include "plan/plan.h"

// Each owns its scenario: free it with cell_free. Nothing is expected of them. NULL: ERROR_LAB.
struct cell *sweep_undisturbed(const struct cell *cell, struct error *error) MUST_CHECK;
// The first fault is made at `at_us`, the others as much later as they were, and the scenario ends as long
// after them. `number` tells the cells apart.
struct cell *sweep_moved(
    const struct cell *cell, size_t number, int64_t at_us, struct error *error) MUST_CHECK;

#endif
