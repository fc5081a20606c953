// Runs one cell inside the lab: the scenario's operations and faults on one timeline, the subject's answers,
// the trace.
#ifndef HANGUP_SESSION_CELL_H
#define HANGUP_SESSION_CELL_H

#include "base/error.h"
#include "contract/task.h"

// For PID 1, whose working directory holds plan.json and receives the trace; `folder` is its name on the
// host. What goes wrong in the lab is also a `failed` event; false only when not even that could be written.
bool lab_cell_run(const char *folder, const struct guest_task *task, struct error *error) MUST_CHECK;

#endif
