// How a guest's kernel catches what its processes call: with seccomp, twice as fast, or with ptrace, which
// every kernel knows.
#ifndef HANGUP_HOST_GUEST_MODE_H
#define HANGUP_HOST_GUEST_MODE_H

#include "host/paths.h"

#include <stdbool.h>

// The kernel at paths->kernel knows seccomp (Linux 6.16 and newer), and HANGUP_GUEST does not ask for ptrace.
bool guest_mode_is_seccomp(const struct paths *paths);

// Whether a guest of it can be copied while it runs (host/trunk.h).
bool guest_mode_can_fork(const struct paths *paths);

#endif
