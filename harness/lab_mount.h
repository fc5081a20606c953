// The file system of the guest: the host's files, read-only, below a tmpfs; and one folder that can be
// written.
#ifndef HANGUP_LAB_MOUNT_H
#define HANGUP_LAB_MOUNT_H

#include "error.h"

// For PID 1 of a guest. Afterwards paths mean what they mean on the host, writes vanish with the guest, and
// only `folder` (an absolute path on the host) is really written.
bool lab_mount_all(const char *folder, struct error *error) MUST_CHECK;

// Shows `lower`, read-only, below a tmpfs at `target` (made if absent).
bool lab_mount_overlay(const char *lower, const char *target, struct error *error) MUST_CHECK;

#endif
