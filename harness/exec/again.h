// A program that `hangup exec` has run, once more from its results folder: for `hangup replay`.
#ifndef HANGUP_EXEC_AGAIN_H
#define HANGUP_EXEC_AGAIN_H

#include "base/folder.h"
#include "plan/plan.h"

#include <stdio.h>

// Whether the folder has what is needed for it. ERROR_INPUT says why not.
bool exec_again_can(const struct folder *stored, struct error *error) MUST_CHECK;

// Runs it and leaves the same files in the folder `to`, an absolute path. As the caller, and writing to no
// folder of the host. `notes` is told before it starts of what is not as it was, and of what was not
// recorded. `*exact`: nothing is known that keeps the events from being the same. False: ERROR_INPUT or
// ERROR_LAB; also where it was interrupted.
bool exec_run_again(const struct folder *stored, const struct cell *cell, const char *to, FILE *notes,
    bool *exact, struct error *error) MUST_CHECK;

#endif
