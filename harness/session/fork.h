// The moment at which a guest may fork: the pool is open, and no operation has been sent.
#ifndef HANGUP_SESSION_FORK_H
#define HANGUP_SESSION_FORK_H

#include "lab/lab.h"

// Asks who started the guest. A trunk stays in here until it is ended. In a branch `*branch` is the cell that
// it is, and the lab's from now on; the caller frees it. In a guest that runs one cell, or whose kernel
// cannot fork, nothing happens, and it takes no virtual time.
bool lab_fork_at_zero(struct lab *lab, struct cell **branch, struct error *error) MUST_CHECK;

#endif
