// How a slot comes to its next cell: by a boot, or as a branch (slot_grow.c).
#include "host/slot.h"

#include "base/directory.h"
#include "base/path.h"
#include "contract/cell_files.h"
#include "contract/fork.h"
#include "contract/task.h"
#include "host/guardian.h"
#include "host/resume.h"
#include "host/world.h"
#include "result/cell_folder.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct verdict *resume(const struct schedule *schedule, const struct cell *cell)
{
    struct folder folder;
    struct error none = {0};
    if (!schedule->options->resume ||
        !folder_enter(schedule->options->folder, cell->name, &folder, ERROR_INPUT, &none))
        return NULL;
    struct verdict *earlier = run_resume(cell, &folder);
    folder_close(&folder);
    return earlier;
}

bool slot_conclude(struct schedule *schedule, size_t index, bool forked, struct verdict *verdict,
    double wall_s, struct error *error)
{
    const struct cell *cell = schedule->options->plan->cells[index];
    if (verdict == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    schedule->done++;
    schedule->virtual_us += verdict->virtual_us;
    if (!run_result_set(schedule->result, index, cell, schedule->options->folder, verdict, wall_s, error))
        return false;
    schedule->result->cells[index].forked = forked;
    const struct run_schedule_options *options = schedule->options;
    if (options->ended != NULL)
        options->ended(
            options->whom, &schedule->result->cells[index], schedule->done, options->plan->cells_count);
    return true;
}

// Takes what needs no guest out of the slot's group.
static bool drop_done_cells(struct schedule *schedule, struct slot *slot, struct error *error)
{
    size_t kept = 0, shared = FORK_LEVELS;
    for (size_t i = 0; i < slot->group.count; i++) {
        size_t index = slot->group.cells[i];
        shared = slot->group.shared[i] < shared ? slot->group.shared[i] : shared;
        const struct cell *cell = schedule->options->plan->cells[index];
        struct verdict *verdict = cell->missing != NULL ? verdict_without_trace(OUTCOME_SKIP, cell->missing)
                                                        : resume(schedule, cell);
        if (verdict == NULL && cell->missing == NULL) {
            slot->group.shared[kept] = kept > 0 ? shared : 0;
            slot->group.cells[kept++] = index;
            shared = FORK_LEVELS;
        } else if (!slot_conclude(schedule, index, false, verdict, 0, error)) {
            return false;
        }
    }
    slot->group.count = kept;
    return true;
}

static bool start_group(struct schedule *schedule, struct slot *slot, struct error *error)
{
    slot_end_trunks(schedule, slot, 0);
    slot->group = schedule->groups.groups[schedule->next++];
    slot->cold = !schedule->options->fork;
    slot->booted = 0;
    slot->keep = FORK_LEVELS;
    if (!drop_done_cells(schedule, slot, error))
        return false;
    if (slot->group.count == 1)
        slot->cold = true; // it has nobody to share its beginning with
    if (slot->group.count > 0 && !slot->cold)
        slot_start_trunk(schedule, slot);
    return true;
}

static bool boot_cell(struct schedule *schedule, struct slot *slot, const struct cell *cell,
    struct guest_task *task, struct error *why, struct error *error)
{
    char path[PATH_MAX];
    const char *readable[GUEST_READABLE_MAX];
    if (!slot_folder_make(schedule, cell, path, error) || !slot_make_task(schedule, cell, task, error) ||
        !guest_task_write(path, task, error))
        return false;
    world_readable(task, readable);
    const struct guest_options options = slot_options_of(schedule, slot, cell, path, readable);
    if (guest_start(&slot->run.guest, &options, why))
        slot->state = SLOT_CELL;
    return true;
}

// Takes the cell out of the slot's group. One that cannot be started has its verdict at once.
static bool start_cold(struct schedule *schedule, struct slot *slot, struct error *error)
{
    struct guest_task task = {0};
    struct error why = {0};
    slot_take_cell(slot);
    slot->run.control_fd = -1;
    slot->forked = false;
    bool prepared = boot_cell(schedule, slot, schedule->options->plan->cells[slot->cell], &task, &why, error);
    guest_task_free(&task);
    if (!prepared || slot->state == SLOT_CELL)
        return prepared;
    guest_end(&slot->run.guest);
    return slot_conclude(
        schedule, slot->cell, false, verdict_without_trace(OUTCOME_ERROR, why.text), 0, error);
}

bool slot_has_more(const struct schedule *schedule, const struct slot *slot)
{
    return slot->group.count > 0 || schedule->next < schedule->groups.count;
}

bool slot_start_next(struct schedule *schedule, struct slot *slot, struct error *error)
{
    if (slot->group.count == 0)
        return start_group(schedule, slot, error);
    if (slot->cold || slot->booted > 0)
        return start_cold(schedule, slot, error);
    slot_grow(schedule, slot);
    return true;
}
