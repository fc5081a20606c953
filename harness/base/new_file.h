// A file that is surely new: in a folder that somebody else may have filled, nothing is written through what
// is there already.
#ifndef HANGUP_BASE_NEW_FILE_H
#define HANGUP_BASE_NEW_FILE_H

#include "base/error.h"

#include <sys/types.h>

// Removes what has that name, a link too, and opens a file of this mode with these flags, which say how it is
// accessed (O_WRONLY | O_APPEND, for one). -1: ERROR_LAB.
int new_file_open(const char *path, int flags, mode_t mode, struct error *error) MUST_CHECK;

#endif
