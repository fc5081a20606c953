// How a guest forks: what PID 1 and the tool that started it say to each other
// (scripts/kernel/7/fork-guest.patch says how). A trunk is a guest that waits, at the scenario's zero or at a
// stop of its cell; a branch is a copy of it, and goes on. It can be a trunk again: it goes on to a later
// stop of its own, and waits there.
#ifndef HANGUP_CONTRACT_FORK_H
#define HANGUP_CONTRACT_FORK_H

#define FORK_GUEST_FILE     "/proc/fork_guest"
#define FORK_GUEST_VARIABLE "FORK_GUEST_FD" // of the kernel's environment: the controller's socket
#define FORK_GUEST_TEXT     512             // the longest message, and a zero

// The tool's to a trunk: the name of a file in the branch's folder, the plan of the cell that the branch is.
// Never one that the trunk has looked for in its own folder: it would still know what it found. So a branch
// of a branch has another.
#define FORK_LEVELS 4                                      // that a branch's branches' branches have at most
extern const char *const fork_plan_files[FORK_LEVELS + 1]; // by level; ends with NULL
#define FORK_GO_ON "="                                     // to its next stop

// The kernel's to the tool.
#define FORK_SAYS_STOP   "stop"   // a trunk waits
#define FORK_SAYS_BRANCH "branch" // a branch is complete; all else is why there is none

#endif
