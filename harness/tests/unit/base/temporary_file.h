// A file for the length of one test.
#ifndef HANGUP_TESTS_UNIT_BASE_TEMPORARY_FILE_H
#define HANGUP_TESTS_UNIT_BASE_TEMPORARY_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// Creates it with these bytes. `path` is a template for mkstemp.
static inline void temporary_file(char *path, const void *bytes, size_t length)
{
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, bytes, length) != (ssize_t)length || close(fd) != 0) {
        perror(path);
        abort();
    }
}

#endif
