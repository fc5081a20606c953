// Files of a results folder. They may come from anywhere, so nothing about them is believed: a name is one
// plain component, a file is a regular one of limited size, and no link leads out of the folder.
#ifndef HANGUP_BASE_STORED_FILE_H
#define HANGUP_BASE_STORED_FILE_H

#include "base/error.h"

#include <limits.h>
#include <stdio.h>

#define STORED_FILE_MAX (1LL << 30) // bytes; a cell's limit is 64 MB unless --disk-limit says otherwise

// The folder that a user means, as the functions below want it: absolute, and without links.
bool stored_folder_find(const char *given, enum error_category category, char folder[static PATH_MAX],
    struct error *error) MUST_CHECK;

// Opens a file below such a folder for reading. -1 or NULL: `error` says why, and `error->text` begins with
// the path. What is not there is ENOENT in errno.
int stored_file_open(const char *path, enum error_category category, struct error *error) MUST_CHECK;
FILE *stored_file_stream(const char *path, enum error_category category, struct error *error) MUST_CHECK;

// Not empty, not "." or "..", no '/', no control character, no longer than a file's name may be.
bool stored_name_is_plain(const char *name);

#endif
