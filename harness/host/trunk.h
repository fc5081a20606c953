// A trunk: a guest that waits at the scenario's zero, and at each stop of its cell. Its kernel makes branches
// of it there: guests that go on, one for each cell that begins as the trunk did.
#ifndef HANGUP_HOST_TRUNK_H
#define HANGUP_HOST_TRUNK_H

#include "base/error.h"
#include "base/folder.h"
#include "contract/lab_kind.h"
#include "host/guest.h"
#include "host/paths.h"

#include <stdbool.h>

struct trunk {
    struct guest guest;
    int control_fd; // readable when its kernel has said something; -1: there is no trunk
    int memory_fd;  // the folder of its memory, and of its copies; -1: it is a branch itself, and shares one
    int64_t stops;  // that it has come to, zero too
};

// Why there are no trunks: this kernel or this lab has none, or `jobs` of them do not fit in memory with a
// branch each. NULL: there are. Of static text.
const char *trunk_why_none(const struct paths *paths, enum lab_kind lab, unsigned jobs);

// It may write the folders of all its branches (options->writable): they exist, and each holds its plan.json.
bool trunk_start(struct trunk *trunk, struct guest_options *options, struct error *error) MUST_CHECK;

// Sends one that waits on its way to its next stop.
bool trunk_go_on(struct trunk *trunk, struct error *error) MUST_CHECK;

// Takes in what its kernel has said. False: it says why there is no branch, or has ended.
bool trunk_listen(struct trunk *trunk, struct error *error) MUST_CHECK;

// True: its process has ended; `why` says how.
bool trunk_is_gone(struct trunk *trunk, struct error *why) MUST_CHECK;

// A branch that is being made: `guest` has no process until branch_listen has found it.
struct branch {
    struct guest guest;
    int control_fd; // readable when it is complete, or has failed; -1: neither is awaited any more
    bool is_trunk;  // trunk_take will take it over
};

// Begins one in options->folder, its working directory and all that it can write, unless it is to be a trunk:
// then it also has options->writable, the folders of its own branches, and options->memory_fd, in which it
// makes copies of itself. `plan`: of fork_plan_files, another one than the trunk's own.
bool trunk_branch(struct trunk *trunk, struct branch *branch, const char *plan,
    const struct guest_options *options, struct error *error) MUST_CHECK;
// A branch that is complete goes on as a trunk, to its next stop. It ends before the one that it grew from.
void trunk_take(struct trunk *trunk, struct branch *branch, const struct trunk *from);
bool branch_listen(struct branch *branch, struct error *error) MUST_CHECK;
// False: it should be complete by now.
bool branch_check(const struct branch *branch, struct error *error) MUST_CHECK;

void branch_end(struct branch *branch);
void trunk_end(struct trunk *trunk);

#endif
