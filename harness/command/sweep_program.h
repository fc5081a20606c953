// hangup sweep of the user's own program.
#ifndef HANGUP_COMMAND_SWEEP_PROGRAM_H
#define HANGUP_COMMAND_SWEEP_PROGRAM_H

#include "command/run_options.h"

// Of options->command and its one scenario. `*status`: what hangup is to exit with.
bool sweep_program(const struct run_options *options, int *status, struct error *error) MUST_CHECK;

#endif
