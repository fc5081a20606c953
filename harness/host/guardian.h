// A process that outlives us: when we end without a word (SIGKILL, a crash), it ends the guests and removes
// what only they needed.
#ifndef HANGUP_HOST_GUARDIAN_H
#define HANGUP_HOST_GUARDIAN_H

#include "base/error.h"

#include <sys/types.h>

// From now on `folder`, absolute, is one in which a guest works, or will: its task, its kernel's home, the
// program and the input of exec are removed should we end. `group`: the guest's processes; 0: none yet.
// Starts the guardian with the first.
bool guardian_watch(const char *folder, pid_t group, struct error *error) MUST_CHECK;

// We have done so ourselves.
void guardian_forget(const char *folder);

#endif
