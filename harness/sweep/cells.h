// The cells of a sweep: the scenario's cell without its faults, and with them at another moment. Pure.
#ifndef HANGUP_SWEEP_CELLS_H
#define HANGUP_SWEEP_CELLS_H

#include "plan/plan.h"
#include "sweep/point.h"

// Each owns its scenario: free it with cell_free. Nothing is expected of them. NULL: ERROR_LAB. `cell` is the
// scenario's, or one that sweep_moved has made: what it has been moved to stays, and the next step
// (sweep/steps.h) is meant.

// Without the step, and what comes after it. `stop`: STOP_EVERYWHERE, or 0.
struct cell *sweep_undisturbed(const struct cell *cell, int64_t stop, struct error *error) MUST_CHECK;
// The step is made at the point, the others as much later as they were, and the scenario ends as long after
// them.
struct cell *sweep_moved(
    const struct cell *cell, const struct sweep_point *point, struct error *error) MUST_CHECK;

#endif
