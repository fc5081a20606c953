// Processes of the lab: started in a host, with their own standard streams and user, ended for sure.
#ifndef HANGUP_LAB_PROCESS_H
#define HANGUP_LAB_PROCESS_H

#include "base/error.h"

#include <stdint.h>
#include <sys/types.h>

struct lab_view;

struct lab_process_options {
    const char *const *argv;            // NULL-terminated; without a '/' the program is looked for in PATH
    const char *const *environment;     // NULL-terminated
    const char *folder;                 // working directory; NULL: /
    int namespace_fd;                   // network namespace of the host; -1: the caller's
    const struct lab_view *view;        // what it sees
    uid_t user;                         // never root
    int stdin_fd, stdout_fd, stderr_fd; // -1: /dev/null
    // In the new process, instead of the change to `user`: whatever it takes to become what is wanted.
    bool (*become)(const void *context);
    const void *context;
};

struct lab_process {
    pid_t pid; // in the lab's process table, whatever its own says
    int pidfd; // readable when it has ended
};

// The exit status of a process that could not become the program: it could not be prepared; it is there and
// cannot be executed; it is not there. As env(1) has them.
enum { LAB_PROCESS_FAILED = 125, LAB_PROCESS_REFUSED = 126, LAB_PROCESS_MISSING = 127 };

bool lab_process_start(
    struct lab_process *process, const struct lab_process_options *options, struct error *error) MUST_CHECK;

// Waits until it has ended, at most `timeout_us`. False: it still runs.
bool lab_process_wait(struct lab_process *process, int64_t timeout_us, int *wait_status);

// Ends it with SIGKILL if it still runs, and collects it. Safe to call twice.
void lab_process_kill(struct lab_process *process);

// How many processes of a group are stopped, as the kernel's process table says.
bool lab_process_count_stopped(pid_t group, int64_t *count, struct error *error) MUST_CHECK;

#endif
