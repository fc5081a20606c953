// What a guest is given for a cell.
#include "host/slot.h"

#include "host/world.h"

#include <stdio.h>

bool slot_make_task(
    const struct schedule *schedule, const struct cell *cell, struct guest_task *task, struct error *error)
{
    *task = (struct guest_task){.kind = GUEST_TASK_CELL};
    snprintf(task->database, sizeof(task->database), "%s", schedule->options->database);
    return world_show_cell(task, schedule->options->paths, cell, error);
}

struct guest_options slot_options_of(const struct schedule *schedule, const struct slot *slot,
    const struct cell *cell, const char *path, const char *const *readable)
{
    return (struct guest_options){.paths = schedule->options->paths,
        .image = schedule->options->image->path,
        .folder = path,
        .seed = cell->seed,
        .time_travel = cell->lab == LAB_VIRTUAL,
        .place = (unsigned)(slot - schedule->slots),
        .line_fd = -1,
        .readable = readable,
        .disk_limit = schedule->options->disk_limit};
}
