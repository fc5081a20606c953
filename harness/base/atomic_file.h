// A file that is either there as a whole or not at all: a run that is cut short leaves no half reports.
#ifndef HANGUP_BASE_ATOMIC_FILE_H
#define HANGUP_BASE_ATOMIC_FILE_H

#include "base/error.h"

#include <stddef.h>
#include <stdio.h>

// Replaces `path` at once. False: ERROR_LAB, and what was at `path` is still there.
bool whole_file_write(const char *path, const char *text, size_t length, struct error *error) MUST_CHECK;

// The same with what `print` prints. `context` is passed on.
bool whole_file_print(const char *path, void (*print)(FILE *file, const void *context), const void *context,
    struct error *error) MUST_CHECK;

#endif
