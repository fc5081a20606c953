// Settings of the kernel below /proc/sys, of the caller's network namespace.
#ifndef HANGUP_NET_SYSCTL_H
#define HANGUP_NET_SYSCTL_H

#include "base/error.h"

bool lab_sysctl_write(const char *path, const char *value, struct error *error) MUST_CHECK;

#endif
