// The folders of cells in a run's: what may be removed, and nothing else.
#ifndef HANGUP_RESULT_CELL_FOLDER_H
#define HANGUP_RESULT_CELL_FOLDER_H

#include "base/folder.h"

// Removes what an earlier run left of the cell `name`: a folder with a plan, or an empty one, or a link to
// one (never what lies behind it). What is not there is not missed. Everything else is somebody's, stays, and
// is ERROR_INPUT.
bool cell_folder_remove(const struct folder *run, const char *name, struct error *error) MUST_CHECK;

// The files of a cell in another run's folder as those of a cell in this one, in place of what an earlier run
// left there.
bool cell_folder_take(
    const struct folder *from, const struct folder *to, const char *name, struct error *error) MUST_CHECK;

// For a new run: the cells that an earlier one left in the folder are gone, and nothing else.
bool run_folder_clear(const struct folder *run, struct error *error) MUST_CHECK;

#endif
