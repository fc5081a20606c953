// What a process may still open on this machine: Landlock, the part of the host's kernel that lets a process
// without privilege give up files for good, for itself and all that it starts.
#ifndef HANGUP_HOST_GUEST_LANDLOCK_H
#define HANGUP_HOST_GUEST_LANDLOCK_H

#include "base/error.h"

// What this machine's kernel offers; 0: none (before Linux 5.13, or left out of its `lsm=`).
// 1: files. 2 (5.19): renaming across folders. 3 (6.2): truncate. 4 (6.7): TCP. 5 (6.10): ioctl on devices.
// 6 (6.12): signals, abstract sockets.
int guest_landlock_abi(void);

// Lists that end with NULL. What does not exist is left out.
struct guest_landlock {
    const char *const *readable; // read and executed
    const char *const *writable; // folders in which all is allowed but device nodes, and files to write
    const char *memory;          // a folder in which unnamed files may be made; NULL: none
};

// What a process with PR_SET_NO_NEW_PRIVS can enter, also another one that is handed the descriptor. -1:
// `error` says why.
int guest_landlock_ruleset(const struct guest_landlock *allowed, struct error *error) MUST_CHECK;

// The same at once, of the calling process, and not to be taken back. Needs PR_SET_NO_NEW_PRIVS.
bool guest_landlock_enter(const struct guest_landlock *allowed, struct error *error) MUST_CHECK;

#endif
