// What a guest may write to this machine's disk.
#ifndef HANGUP_HOST_GUEST_DISK_H
#define HANGUP_HOST_GUEST_DISK_H

#include "base/error.h"

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#define GUEST_DISK_LIMIT (INT64_C(64) << 20) // --disk-limit

struct guest_disk {
    int64_t limit;    // of bytes in its folder, beyond those before it started; 0: none
    int64_t before;   // bytes there then
    bool each_file;   // no single file may be longer than the limit either: the kernel sees to that
    bool memory_made; // its memory is: else it is when the kernel has made its home
    bool told;        // the kernel knows
};

// The bytes that all files below `folder` take on the disk. `largest` receives the name of the one that takes
// most.
int64_t guest_disk_used(const char *folder, char largest[static NAME_MAX + 1]);

// False: the guest `pid` has written more to its folder than it may.
bool guest_disk_check(struct guest_disk *disk, const char *folder, pid_t pid, struct error *error) MUST_CHECK;

// The error of a guest that has.
bool guest_disk_fail(const struct guest_disk *disk, const char *folder, struct error *error);

#endif
