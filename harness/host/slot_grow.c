// Trunks and their branches: one trunk for the cells that begin alike, a branch of it for each, and where
// cells have more in common than that, a branch that is a trunk to them.
#include "host/slot.h"

#include "base/path.h"
#include "host/world.h"

#include <stdio.h>

static const struct cell *nth_cell(const struct schedule *schedule, const struct slot *slot, size_t nth)
{
    return schedule->options->plan->cells[slot->group.cells[nth]];
}

// The first works in a folder of its own, which is removed with it; its wall names those of its branches. It
// is the last cell of its group, which comes to the stops of all.
static bool boot_trunk(struct schedule *schedule, struct slot *slot, struct guest_task *task,
    char ***branches, struct error *error)
{
    const struct cell *last = nth_cell(schedule, slot, slot->group.count - 1);
    char path[PATH_MAX];
    const char *readable[GUEST_READABLE_MAX];
    if (!slot_folders_make(schedule, slot, error) ||
        !slot_folder_refill(schedule, slot, 0, last, path, error) ||
        !slot_make_task(schedule, last, task, error) || !guest_task_write(path, task, error))
        return false;
    *branches = slot_folders_below(schedule, slot, 0, slot->group.count);
    if (*branches == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    world_readable(task, readable);
    struct guest_options options = slot_options_of(schedule, slot, last, path, readable);
    options.writable = (const char *const *)*branches;
    return trunk_start(&slot->trunks[0], &options, error);
}

void slot_start_trunk(struct schedule *schedule, struct slot *slot)
{
    struct guest_task task = {0};
    struct error why = {0};
    char **branches = NULL;
    bool booted = boot_trunk(schedule, slot, &task, &branches, &why);
    guest_task_free(&task);
    slot_folders_free(branches);
    if (booted) {
        slot->state = SLOT_TRUNK;
        slot->trunks_count = 1;
    } else {
        slot_folders_remove(schedule, slot);
        slot_lose_trunk(schedule, slot, 0, &why);
    }
}

// The trunk goes on until it is where the next cell is to branch off.
static void send_trunk_on(struct schedule *schedule, struct slot *slot)
{
    struct error why = {0};
    if (trunk_go_on(&slot->trunks[slot->trunks_count - 1], &why))
        slot->state = SLOT_TRUNK;
    else
        slot_lose_trunk(schedule, slot, slot->trunks_count - 1, &why);
}

// Lets off a branch of the last trunk. `branches`: the folders of its own, if it is to be a trunk; else NULL.
static bool let_off(struct schedule *schedule, struct slot *slot, const struct cell *cell, const char *path,
    char **branches, struct error *error)
{
    struct guest_task task = {0};
    const size_t nth = slot->trunks_count - 1;
    bool ordered = slot_make_task(schedule, cell, &task, error);
    if (ordered) {
        const char *readable[GUEST_READABLE_MAX];
        world_readable(&task, readable);
        struct guest_options options = slot_options_of(schedule, slot, cell, path, readable);
        options.writable = (const char *const *)branches;
        options.memory_fd = branches != NULL ? slot->trunks[0].memory_fd : 0;
        ordered = trunk_branch(&slot->trunks[nth], &slot->run, fork_plan_files[nth], &options, error);
    }
    guest_task_free(&task);
    return ordered;
}

// A trunk for the cells that share more with the next one than it has now. It is the last of them.
static void start_next_trunk(struct schedule *schedule, struct slot *slot)
{
    struct error why = {0};
    char path[PATH_MAX];
    const size_t nth = slot->trunks_count, count = plan_group_sharing(&slot->group, nth);
    const struct cell *last = nth_cell(schedule, slot, count - 1);
    char **branches = slot_folders_below(schedule, slot, nth, count);
    bool ordered = branches != NULL || error_set(&why, ERROR_LAB, "out of memory");
    ordered = ordered && slot_folder_refill(schedule, slot, nth, last, path, &why) &&
              let_off(schedule, slot, last, path, branches, &why);
    slot_folders_free(branches);
    slot->state = SLOT_BRANCH;
    if (ordered)
        return;
    branch_end(&slot->run);
    slot_lose_trunk(schedule, slot, nth, &why);
}

// The cell stays in the slot's group until the branch is complete.
static void start_branch(struct schedule *schedule, struct slot *slot)
{
    struct error why = {0};
    char path[PATH_MAX];
    const struct cell *cell = nth_cell(schedule, slot, 0);
    path_format(path, "%s/%s", schedule->options->folder->path, cell->name);
    bool ordered = let_off(schedule, slot, cell, path, NULL, &why);
    slot->state = SLOT_BRANCH;
    if (ordered)
        return;
    branch_end(&slot->run);
    slot_lose_trunk(schedule, slot, slot->trunks_count - 1, &why);
}

// One more where the cell after the next shares more with it: a branch that nobody shares goes on alone.
static bool needs_trunk(const struct schedule *schedule, const struct slot *slot)
{
    return slot->group.count > 1 && slot->group.shared[1] >= slot->trunks_count &&
           slot->trunks_count < schedule->levels;
}

void slot_grow(struct schedule *schedule, struct slot *slot)
{
    slot_end_trunks(schedule, slot, slot->keep);
    slot->keep = FORK_LEVELS;
    const size_t last = slot->trunks_count - 1;
    if (slot->trunks[last].stops < cell_stop_at(nth_cell(schedule, slot, 0), last))
        send_trunk_on(schedule, slot);
    else if (needs_trunk(schedule, slot))
        start_next_trunk(schedule, slot);
    else
        start_branch(schedule, slot);
}

void slot_take_cell(struct slot *slot)
{
    slot->cell = plan_group_take(&slot->group);
    slot->keep = 1 + (slot->group.count > 0 ? slot->group.shared[0] : 0);
    slot->booted -= slot->booted > 0;
}

void slot_take_branch(struct slot *slot)
{
    if (slot->run.is_trunk) {
        struct trunk *trunk = &slot->trunks[slot->trunks_count++];
        trunk_take(trunk, &slot->run, trunk - 1);
        slot->state = SLOT_TRUNK;
        return;
    }
    slot->state = SLOT_CELL;
    slot->forked = true;
    slot_take_cell(slot);
}

static void say_cold(const struct schedule *schedule, const struct slot *slot, const struct error *why)
{
    const size_t count = slot->cold ? slot->group.count : slot->booted;
    if (schedule->options->verbose)
        fprintf(stderr, "hangup: %s: booted for itself, and %zu more: %s\n",
            nth_cell(schedule, slot, 0)->name, count - 1, why->text);
}

void slot_lose_trunk(const struct schedule *schedule, struct slot *slot, size_t nth, const struct error *why)
{
    slot->cold = nth == 0;
    slot->booted = nth == 0 ? 0 : plan_group_sharing(&slot->group, nth);
    say_cold(schedule, slot, why);
    slot_end_trunks(schedule, slot, nth);
    slot->state = SLOT_FREE;
}

void slot_end_trunks(const struct schedule *schedule, struct slot *slot, size_t keep)
{
    if (slot->trunks_count <= keep)
        return;
    while (slot->trunks_count > keep)
        trunk_end(&slot->trunks[--slot->trunks_count]);
    if (keep == 0)
        slot_folders_remove(schedule, slot);
}
