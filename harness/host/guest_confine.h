// The last wall: whatever happens in a guest, even to its kernel, the process that is a guest can touch
// nothing of the host but what is given to it here.
#ifndef HANGUP_HOST_GUEST_CONFINE_H
#define HANGUP_HOST_GUEST_CONFINE_H

#include "base/error.h"

#include <stdio.h>

// Lists of paths that end with NULL.
struct guest_confinement {
    const char *const *readable; // "/": the host's files as the guest's root, but /dev, /proc, /sys and /run
    const char *const *writable; // folders
    const char *memory;          // folder of its memory, and of its copies; NULL: it makes none
    bool may_set_attributes;     // modes, owners and times: for who writes files for the user
};

// What this machine's kernel has for it. `sealed`: without all of it, that is an error; else `warnings`,
// which may be NULL, is told once.
bool guest_confine_examine(bool sealed, FILE *warnings, struct error *error) MUST_CHECK;

// Of the calling process and all that it starts, and not to be taken back. What the machine has not is left
// out. Keeps the descriptors that are open.
bool guest_confine(const struct guest_confinement *confinement, struct error *error) MUST_CHECK;

// Of it the files, for a process that is confined already and can be so further. The caller closes it; -1:
// this machine has no Landlock.
bool guest_confine_ruleset(
    const struct guest_confinement *confinement, int *ruleset, struct error *error) MUST_CHECK;

#endif
