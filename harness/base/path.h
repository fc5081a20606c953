// Paths put together from parts.
#ifndef HANGUP_BASE_PATH_H
#define HANGUP_BASE_PATH_H

#include "base/error.h"

#include <limits.h>

// As printf. What does not fit becomes an empty path, which no system call accepts: the caller's error names
// the reason.
char *path_format(char path[static PATH_MAX], const char *format, ...) PRINTF_LIKE(2, 3);

#endif
