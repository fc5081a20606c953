// A program of the user's in the lab, seen from the host: the one door of this room for `hangup exec`.
#ifndef HANGUP_EXEC_EXEC_H
#define HANGUP_EXEC_EXEC_H

#include "base/error.h"
#include "exec/options.h"

// Runs it and leaves its folder. `*status`: what hangup is to exit with. False: ERROR_INPUT or ERROR_LAB;
// what the program did is then nobody's result.
bool exec_run(const struct exec_options *options, int *status, struct error *error) MUST_CHECK;

#endif
