// The file that a recovery waits for. Its folder belongs to the server: whoever has taken that over may put
// links and pipes there, and PID 1 follows none of them.
#ifndef HANGUP_FAULT_HELD_FILE_H
#define HANGUP_FAULT_HELD_FILE_H

#include "base/error.h"

#include <stddef.h>

struct held_file {
    int folder_fd; // -1: not held
    char content[64];
    size_t length;
};

// Puts a pipe into the place of the file: who opens it waits until somebody writes. `data` is the data
// directory. To be closed also after a failure.
bool held_file_take(struct held_file *held, const char *data, struct error *error) MUST_CHECK;

// The reader gets what was in the file.
bool held_file_release(const struct held_file *held, struct error *error) MUST_CHECK;

void held_file_close(struct held_file *held);

#endif
