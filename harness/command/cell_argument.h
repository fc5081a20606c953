// CELL on a command line: the folder of a stored cell, or scenario/subject/seed of the newest run that has
// it.
#ifndef HANGUP_COMMAND_CELL_ARGUMENT_H
#define HANGUP_COMMAND_CELL_ARGUMENT_H

#include "base/error.h"

#include <limits.h>

// What each help text says of it.
#define CELL_ARGUMENT_HELP                                                                                   \
    "CELL is the cell's folder in a run, or scenario/subject/seed, as in idle/silence/pqpool:pre-ping/7: "   \
    "then it is the newest such cell of the runs below results/, whose folder is named first."

// `results`: the folder with a folder a run. A word that is no scenario/subject/seed is taken for the folder
// itself. Says on standard error which cell was chosen. False: ERROR_INPUT; where no run has the cell, with
// the command that makes one.
bool cell_argument_find(
    const char *results, const char *word, char path[static PATH_MAX], struct error *error) MUST_CHECK;

#endif
