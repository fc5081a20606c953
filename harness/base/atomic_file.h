// A file that is either there as a whole or not at all: a run that is cut short leaves no half reports.
#ifndef HANGUP_BASE_ATOMIC_FILE_H
#define HANGUP_BASE_ATOMIC_FILE_H

#include "base/folder.h"

#include <stdio.h>

// Replaces the file `name` in `folder` at once with what `print` prints; `context` is passed on. False:
// ERROR_LAB, and what was there is still there.
bool whole_file_print_in(const struct folder *folder, const char *name,
    void (*print)(FILE *file, const void *context), const void *context, struct error *error) MUST_CHECK;

// The same at a path that is the user's own word.
bool whole_file_print(const char *path, void (*print)(FILE *file, const void *context), const void *context,
    struct error *error) MUST_CHECK;

#endif
