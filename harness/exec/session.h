// A guest with a program in it, from its start to its end: output comes out, keys and signals go in.
#ifndef HANGUP_EXEC_SESSION_H
#define HANGUP_EXEC_SESSION_H

#include "contract/program.h"
#include "contract/task.h"
#include "host/image.h"
#include "host/paths.h"

struct exec_session_options {
    const struct paths *paths;
    const struct image *image;
    const struct guest_task *task;
    const char *folder; // of the results; plan.json, task.json, program.json and the input are there
    const struct exec_program *program;
    uint64_t seed;
    bool time_travel;
    int64_t disk_limit;  // of bytes written to `folder`
    int64_t watchdog_us; // of wall time; INT64_MAX: none
    bool muted;          // nothing passes between the program and the user; a signal ends the session
};

struct exec_session_end {
    int signal; // that ended the session before the program could be told of it, or against its will; else 0
    size_t typed; // keys
};

// False: ERROR_LAB; the guest had to be given up. What the trace says of the end is not looked at
// here.
bool exec_session_run(
    const struct exec_session_options *options, struct exec_session_end *end, struct error *error) MUST_CHECK;

#endif
