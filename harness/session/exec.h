// A program of the user's in the lab: the inside of `hangup exec`.
#ifndef HANGUP_SESSION_EXEC_H
#define HANGUP_SESSION_EXEC_H

#include "base/error.h"
#include "contract/task.h"

// Runs the program of program.json in the lab of plan.json, both in the working directory, and leaves the
// trace there; `folder` is its name on the host. False: ERROR_LAB; events.jsonl says what happened until
// then.
bool lab_exec_run(const char *folder, const struct guest_task *task, struct error *error) MUST_CHECK;

#endif
