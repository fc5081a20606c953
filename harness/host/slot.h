// A slot: one of the guests that run side by side, and the trunks that it grows from.
#ifndef HANGUP_HOST_SLOT_H
#define HANGUP_HOST_SLOT_H

#include "contract/task.h"
#include "host/schedule.h"
#include "host/trunk.h"
#include "plan/groups.h"

#include <poll.h>

#define GROUP_MAX    1000 // cells of one trunk, which are named in its wall
#define WATCHED_EACH 2    // descriptors a slot

// What a slot waits for.
enum slot_state {
    SLOT_FREE,
    SLOT_CELL,   // a guest that runs a cell
    SLOT_TRUNK,  // the last trunk, which is on its way to zero, or to a stop
    SLOT_BRANCH, // a branch of the last trunk, which is being made
};

struct slot {
    enum slot_state state;
    struct branch run; // the cell's guest: a branch, or one that was booted for it; or a trunk to be
    struct trunk trunks[FORK_LEVELS]; // each but the first is a branch of the one before
    size_t trunks_count;
    size_t keep;             // as many of them are of use to the cell that comes next
    struct plan_group group; // what is left of it
    bool cold;               // each cell of the group is booted for itself
    size_t booted;           // so many of them are: the trunk that they would grow from is gone
    size_t cell;             // index in the plan
    bool forked;             // its guest is a branch
};

struct schedule {
    const struct run_schedule_options *options;
    struct run_result *result;
    struct slot *slots;
    struct plan_groups groups;
    size_t levels; // trunks of one slot that have room in memory, each a branch of the one before
    size_t next;   // group to start
    size_t done;
    int64_t virtual_us; // travelled by the cells that are done
    int64_t began_us;
    int signals_fd;
};
// Gives a cell of the plan its verdict, and takes it over; NULL: no memory for one.
bool slot_conclude(struct schedule *schedule, size_t index, bool forked, struct verdict *verdict,
    double wall_s, struct error *error) MUST_CHECK;

// Whether there is something left for it to start.
bool slot_has_more(const struct schedule *schedule, const struct slot *slot);
// Starts what is next in a slot that is free.
bool slot_start_next(struct schedule *schedule, struct slot *slot, struct error *error) MUST_CHECK;
// Takes the next cell out of its group.
void slot_take_cell(struct slot *slot);

// Starts the group's first trunk.
void slot_start_trunk(struct schedule *schedule, struct slot *slot);
// Brings the next cell, or a trunk that it needs, one step further: its trunk is sent on, or lets it off.
void slot_grow(struct schedule *schedule, struct slot *slot);
// The branch that was being made is complete.
void slot_take_branch(struct slot *slot);
// The trunk of that number could not be made, or is gone, and with it those that grew from it. The cells that
// would have grown from it are booted.
void slot_lose_trunk(const struct schedule *schedule, struct slot *slot, size_t nth, const struct error *why);

void slot_watch(const struct slot *slot, struct pollfd watched[static WATCHED_EACH]);
// Takes in what has happened to it; concludes its cell when that is over.
bool slot_check(struct schedule *schedule, struct slot *slot,
    const struct pollfd watched[static WATCHED_EACH], struct error *error) MUST_CHECK;

// Ends all trunks but the first `keep`.
void slot_end_trunks(const struct schedule *schedule, struct slot *slot, size_t keep);

// The folder of a cell, with its plan: `path` receives it.
bool slot_folder_make(const struct schedule *schedule, const struct cell *cell, char path[static PATH_MAX],
    struct error *error) MUST_CHECK;
// All that a group needs: the folders of its cells and of its trunks. What is in a trunk's wall must be there
// before it.
bool slot_folders_make(
    const struct schedule *schedule, const struct slot *slot, struct error *error) MUST_CHECK;
// The folder of the slot's trunk of that number: nothing is in it but the plan of `cell`.
bool slot_folder_refill(const struct schedule *schedule, const struct slot *slot, size_t nth,
    const struct cell *cell, char path[static PATH_MAX], struct error *error) MUST_CHECK;
// What that trunk may write beside its own: the folders of the next `count` cells and of the trunks that grow
// from it. Ends with NULL. NULL: no memory.
char **slot_folders_below(const struct schedule *schedule, const struct slot *slot, size_t nth, size_t count);
void slot_folders_free(char **paths);
void slot_folders_remove(const struct schedule *schedule, const struct slot *slot); // of its trunks
void slot_folders_clear(const struct schedule *schedule); // what an earlier run left that was killed

// What a guest is given for a cell.
bool slot_make_task(const struct schedule *schedule, const struct cell *cell, struct guest_task *task,
    struct error *error) MUST_CHECK;
struct guest_options slot_options_of(const struct schedule *schedule, const struct slot *slot,
    const struct cell *cell, const char *path, const char *const *readable);

// Ends its guests.
void slot_end(const struct schedule *schedule, struct slot *slot);

#endif
