// A slot: one of the guests that run side by side, and the trunk that it grows from.
#ifndef HANGUP_HOST_SLOT_H
#define HANGUP_HOST_SLOT_H

#include "host/schedule.h"
#include "host/trunk.h"
#include "plan/groups.h"

#include <poll.h>

#define GROUP_MAX    1024 // cells of one trunk, which are named in its wall
#define WATCHED_EACH 2    // descriptors a slot

// What a slot waits for.
enum slot_state {
    SLOT_FREE,
    SLOT_CELL,   // a guest that runs a cell
    SLOT_TRUNK,  // a trunk that is on its way to zero, or to a stop
    SLOT_BRANCH, // a branch that is being made
};

struct slot {
    enum slot_state state;
    struct branch run; // the cell's guest: a branch, or one that was booted for it
    struct trunk trunk;
    struct plan_group group; // what is left of it
    bool cold;               // each cell of the group is booted for itself
    size_t cell;             // index in the plan
    bool forked;             // its guest is a branch
};

struct schedule {
    const struct run_schedule_options *options;
    struct run_result *result;
    struct slot *slots;
    struct plan_groups groups;
    size_t next; // group to start
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
// The cells that are left of its group are booted.
void slot_go_cold(const struct schedule *schedule, struct slot *slot, const struct error *why);

void slot_watch(const struct slot *slot, struct pollfd watched[static WATCHED_EACH]);
// Takes in what has happened to it; concludes its cell when that is over.
bool slot_check(struct schedule *schedule, struct slot *slot,
    const struct pollfd watched[static WATCHED_EACH], struct error *error) MUST_CHECK;

void slot_end_trunk(const struct schedule *schedule, struct slot *slot);
void slot_clear_trunks(const struct schedule *schedule); // what an earlier run left that was killed
// Ends its guests.
void slot_end(const struct schedule *schedule, struct slot *slot);

#endif
