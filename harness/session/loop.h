// The heart of a cell: waits for whatever comes first (the next entry of the timeline, an answer, a packet)
// and acts on it.
#ifndef HANGUP_SESSION_LOOP_H
#define HANGUP_SESSION_LOOP_H

#include "lab/lab.h"
#include "session/fork.h"

// Until the scenario's zero, by which the subject has to be ready: else it is broken.
bool lab_timeline_reach_zero(struct lab *lab, struct error *error) MUST_CHECK;

// From there to the scenario's end, of whichever cell the guest becomes on the way; all faults are reverted.
// "done", "run_for" or, with a broken subject, "broken"; NULL: the lab gave up.
const char *lab_timeline_run(struct lab *lab, struct lab_cells *cells, struct error *error) MUST_CHECK;

#endif
