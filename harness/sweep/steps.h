// The steps of a scenario's faults: each is applied, and reverted, in the order of time. A sweep places one
// of them at each moment; with --depth, the next one at each moment after that. Pure.
#ifndef HANGUP_SWEEP_STEPS_H
#define HANGUP_SWEEP_STEPS_H

#include "plan/plan.h"
#include "scenario/timeline.h"

#define SWEEP_DEPTH_MAX FORK_LEVELS

// The scenario's first fault begins; the others come in order of time. Freed with timeline_free. False: no
// memory.
bool sweep_steps_of(const struct scenario *scenario, struct timeline *steps);

// How many of them have their places already in a cell of a sweep.
size_t sweep_steps_placed(const struct cell *cell);

// "silence to-app", "the end of silence to-app", of the step of that number; "" behind the last.
#define SWEEP_STEP_SIZE 160
char *sweep_step_words(const struct scenario *scenario, size_t nth, char words[static SWEEP_STEP_SIZE]);

#endif
