// The folder that a run, an atlas or a program leaves its results in.
#ifndef HANGUP_HOST_RESULTS_FOLDER_H
#define HANGUP_HOST_RESULTS_FOLDER_H

#include "host/paths.h"

// Makes the folder `asked` (--out DIR), or where that is NULL `name` below ./results, with all folders above
// it. `absolute` is its path: guests work in folders of their own below it.
bool results_folder_make(const struct paths *paths, const char *asked, const char *name,
    char absolute[static PATH_MAX], struct error *error) MUST_CHECK;

#endif
