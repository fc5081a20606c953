// A run that was cut short is resumed where it stopped.
#ifndef HANGUP_HOST_RESUME_H
#define HANGUP_HOST_RESUME_H

#include "plan/plan.h"
#include "verdict/verdict.h"

// The verdict on what an earlier run left in `folder`, when the same would happen again (all that decides it
// in plan.json is the same) and the cell came to its end without error. What is expected may be another:
// plan.json is written anew, and the verdict is today's. NULL: the cell is to be run. What a plan does not
// tell, such as a changed adapter, is not noticed.
struct verdict *run_resume(const struct cell *cell, const struct folder *folder);

#endif
