// hangup replay, the part for what `hangup exec` has run; and what it shares with cells.
#ifndef HANGUP_COMMAND_REPLAY_PROGRAM_H
#define HANGUP_COMMAND_REPLAY_PROGRAM_H

#include "base/folder.h"
#include "plan/plan.h"

#include <limits.h>

// Prints whether a file of both folders has the same bytes. One that is in neither is not mentioned.
bool replay_compare_file(const struct folder *stored, const struct folder *now, const char *name);
// The same of events (unless they are no claim) and packets; then the first event and packet that differ.
bool replay_compare_traces(const struct folder *stored, const struct folder *now, bool events_count);

// Runs the stored program again, in a new folder made of the template `again_path`, and compares. Returns the
// exit status; what went wrong has been said.
int replay_program(const struct folder *stored, const struct cell *cell, char again_path[static PATH_MAX]);

#endif
