// The command lines of `hangup exec` and `hangup shell`.
#ifndef HANGUP_EXEC_OPTIONS_H
#define HANGUP_EXEC_OPTIONS_H

#include "base/duration.h"
#include "base/error.h"
#include "plan/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// hangup's own exit statuses here; all others are the program's. 126 and 127 are as env(1) has them.
enum {
    EXEC_STATUS_NO_HIT = 3,    // --strict: the program exited with 0, but a fault hit nothing
    EXEC_STATUS_TIMEOUT = 124, // as timeout(1) has it
    EXEC_STATUS_FAILED = 125,  // hangup could not do it: the command line, the lab
    EXEC_STATUS_SIGNAL = 128,  // and the signal that ended the program
};

// Limits of the virtual lab, unless others are asked for: on the lab's clock, and on the wall's.
#define EXEC_TIMEOUT_US  (6 * 3600 * US_PER_S)
#define EXEC_WATCHDOG_US (10 * 60 * US_PER_S)

struct exec_options {
    const char *scenario;  // these point into argv; NULL: the calm path
    char *const *command;  // NULL-terminated; NULL: a shell
    const char **writable; // owned
    size_t writable_count;
    const char **faults; // texts of --fault; owned
    size_t faults_count;
    const char *image;  // a name or a file; NULL: the default
    const char *folder; // NULL: a new one below results/
    enum lab_kind lab;
    uint64_t seed;
    int64_t timeout_us;  // on the lab's clock
    int64_t watchdog_us; // on the wall's; INT64_MAX: none
    int64_t disk_limit;  // of bytes written to the results folder
    bool sealed;         // only behind the whole wall of guest_confine.h
    bool inside;         // the program is the image's
    bool strict, quiet, help;
    bool no_replay; // what the program is given is not kept
    bool muted;     // by no option, but of `hangup replay` and `hangup sweep`: nothing passes to the user
};

extern const char exec_options_help[], exec_options_shell_help[];

// `shell`: of `hangup shell`, which has no command. ERROR_INPUT says what was
// expected.
bool exec_options_parse(
    int argc, char **argv, bool shell, struct exec_options *options, struct error *error) MUST_CHECK;
void exec_options_free(struct exec_options *options);

#endif
