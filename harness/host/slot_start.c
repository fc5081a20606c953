// How a slot comes to its next guest: a trunk for the cells that begin alike, a branch of it for each, or a
// boot.
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

#define TRUNK_NAME                                                                                           \
    "trunk-" // no cell is called so: its name begins with a scenario and has two hyphens together

// The folder of the run's `name` with the plan of `cell`.
static bool prepare_folder(const struct schedule *schedule, const struct cell *cell, const char *name,
    char path[static PATH_MAX], struct error *error)
{
    struct folder folder;
    const struct folder *run = schedule->options->folder;
    // An earlier run's log would be counted with ours.
    if (!cell_folder_remove(run, name, error) || !folder_enter_new(run, name, &folder, error))
        return false;
    path_format(path, "%s", folder.path);
    bool prepared = guardian_watch(path, 0, error) && cell_write(cell, &folder, error) &&
                    (linkat(folder.fd, CELL_PLAN_FILE, folder.fd, FORK_BRANCH_PLAN_FILE, 0) == 0 ||
                        error_set_errno(error, ERROR_LAB, "%s/" FORK_BRANCH_PLAN_FILE, path));
    folder_close(&folder);
    return prepared;
}

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

static bool make_task(
    const struct schedule *schedule, const struct cell *cell, struct guest_task *task, struct error *error)
{
    *task = (struct guest_task){.kind = GUEST_TASK_CELL};
    snprintf(task->database, sizeof(task->database), "%s", schedule->options->database);
    return world_show_cell(task, schedule->options->paths, cell, error);
}

static struct guest_options options_of(const struct schedule *schedule, const struct slot *slot,
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

static void say_cold(const struct schedule *schedule, const struct slot *slot, const struct error *why)
{
    if (schedule->options->verbose)
        fprintf(stderr, "hangup: %s: booted for itself, and %zu more: %s\n",
            schedule->options->plan->cells[slot->group.cells[0]]->name, slot->group.count - 1, why->text);
}

static void name_trunk(
    const struct schedule *schedule, const struct slot *slot, char name[static FOLDER_NAME_MAX])
{
    snprintf(name, FOLDER_NAME_MAX, TRUNK_NAME "%zu", (size_t)(slot - schedule->slots));
}

void slot_end_trunk(const struct schedule *schedule, struct slot *slot)
{
    char name[FOLDER_NAME_MAX];
    struct error none = {0};
    if (slot->trunk.control_fd < 0)
        return;
    trunk_end(&slot->trunk);
    name_trunk(schedule, slot, name);
    (void)!cell_folder_remove(schedule->options->folder, name, &none);
}

void slot_clear_trunks(const struct schedule *schedule)
{
    struct error none = {0};
    char **names = folder_names(schedule->options->folder, &none);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        if (strncmp(names[i], TRUNK_NAME, strlen(TRUNK_NAME)) == 0 && strstr(names[i], "--") == NULL)
            (void)!cell_folder_remove(schedule->options->folder, names[i], &none);
    folder_names_free(names);
}

void slot_go_cold(const struct schedule *schedule, struct slot *slot, const struct error *why)
{
    say_cold(schedule, slot, why);
    slot_end_trunk(schedule, slot);
    slot->cold = true;
    slot->state = SLOT_FREE;
}

// Takes what needs no guest out of the slot's group.
static bool drop_done_cells(struct schedule *schedule, struct slot *slot, struct error *error)
{
    size_t kept = 0;
    for (size_t i = 0; i < slot->group.count; i++) {
        size_t index = slot->group.cells[i];
        const struct cell *cell = schedule->options->plan->cells[index];
        struct verdict *verdict = cell->missing != NULL ? verdict_without_trace(OUTCOME_SKIP, cell->missing)
                                                        : resume(schedule, cell);
        if (verdict == NULL && cell->missing == NULL)
            slot->group.cells[kept++] = index;
        else if (!slot_conclude(schedule, index, false, verdict, 0, error))
            return false;
    }
    slot->group.count = kept;
    return true;
}

static void free_paths(char **paths)
{
    for (char **path = paths; path != NULL && *path != NULL; path++)
        free(*path);
    free(paths);
}

// The folders of the group's cells, each with its plan; ends with NULL. NULL: none could be made.
static char **prepare_branches(const struct schedule *schedule, const struct slot *slot, struct error *error)
{
    char path[PATH_MAX];
    char **paths = calloc(slot->group.count + 1, sizeof(*paths));
    for (size_t i = 0; paths != NULL && i < slot->group.count; i++) {
        const struct cell *cell = schedule->options->plan->cells[slot->group.cells[i]];
        if (!prepare_folder(schedule, cell, cell->name, path, error) || (paths[i] = strdup(path)) == NULL) {
            free_paths(paths);
            return NULL;
        }
    }
    return paths;
}

// A trunk works in a folder of its own, which is removed with it; its wall names those of its branches. It is
// the last cell of its group, which comes to the stops of all.
static bool boot_trunk(struct schedule *schedule, struct slot *slot, char **branches, struct guest_task *task,
    struct error *error)
{
    const struct cell *last = schedule->options->plan->cells[slot->group.cells[slot->group.count - 1]];
    char name[FOLDER_NAME_MAX], path[PATH_MAX];
    const char *readable[GUEST_READABLE_MAX];
    name_trunk(schedule, slot, name);
    if (!prepare_folder(schedule, last, name, path, error) || !make_task(schedule, last, task, error) ||
        !guest_task_write(path, task, error))
        return false;
    world_readable(task, readable);
    struct guest_options options = options_of(schedule, slot, last, path, readable);
    options.writable = (const char *const *)branches;
    return trunk_start(&slot->trunk, &options, error);
}

static void start_trunk(struct schedule *schedule, struct slot *slot)
{
    struct guest_task task = {0};
    struct error why = {0};
    char **branches = prepare_branches(schedule, slot, &why);
    bool booted = branches != NULL && boot_trunk(schedule, slot, branches, &task, &why);
    guest_task_free(&task);
    free_paths(branches);
    if (booted)
        slot->state = SLOT_TRUNK;
    else
        slot_go_cold(schedule, slot, &why);
}

static bool start_group(struct schedule *schedule, struct slot *slot, struct error *error)
{
    slot_end_trunk(schedule, slot);
    slot->group = schedule->groups.groups[schedule->next++];
    slot->cold = !schedule->options->fork;
    if (!drop_done_cells(schedule, slot, error))
        return false;
    if (slot->group.count == 1)
        slot->cold = true; // it has nobody to share its beginning with
    if (slot->group.count > 0 && !slot->cold)
        start_trunk(schedule, slot);
    return true;
}

static bool boot_cell(struct schedule *schedule, struct slot *slot, const struct cell *cell,
    struct guest_task *task, struct error *why, struct error *error)
{
    char path[PATH_MAX];
    const char *readable[GUEST_READABLE_MAX];
    if (!prepare_folder(schedule, cell, cell->name, path, error) || !make_task(schedule, cell, task, error) ||
        !guest_task_write(path, task, error))
        return false;
    world_readable(task, readable);
    const struct guest_options options = options_of(schedule, slot, cell, path, readable);
    if (guest_start(&slot->run.guest, &options, why))
        slot->state = SLOT_CELL;
    return true;
}

// Takes the cell out of the slot's group. One that cannot be started has its verdict at once.
static bool start_cold(struct schedule *schedule, struct slot *slot, struct error *error)
{
    struct guest_task task = {0};
    struct error why = {0};
    slot->cell = *slot->group.cells++;
    slot->group.count--;
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

static bool grow_branch(
    struct schedule *schedule, struct slot *slot, struct guest_task *task, struct error *why)
{
    const struct cell *cell = schedule->options->plan->cells[slot->group.cells[0]];
    char path[PATH_MAX];
    const char *readable[GUEST_READABLE_MAX];
    path_format(path, "%s/%s", schedule->options->folder->path, cell->name);
    if (!make_task(schedule, cell, task, why))
        return false;
    world_readable(task, readable);
    const struct guest_options options = options_of(schedule, slot, cell, path, readable);
    return trunk_branch(&slot->trunk, &slot->run, &options, why);
}

// The trunk goes on until it is where the next cell is to branch off.
static void send_trunk_on(struct schedule *schedule, struct slot *slot)
{
    struct error why = {0};
    if (trunk_go_on(&slot->trunk, &why))
        slot->state = SLOT_TRUNK;
    else
        slot_go_cold(schedule, slot, &why);
}

// The cell stays in the slot's group until the branch is complete.
static void start_branch(struct schedule *schedule, struct slot *slot)
{
    struct guest_task task = {0};
    struct error why = {0};
    bool ordered = grow_branch(schedule, slot, &task, &why);
    guest_task_free(&task);
    slot->state = SLOT_BRANCH;
    if (ordered)
        return;
    branch_end(&slot->run);
    slot_go_cold(schedule, slot, &why);
}

bool slot_has_more(const struct schedule *schedule, const struct slot *slot)
{
    return slot->group.count > 0 || schedule->next < schedule->groups.count;
}

bool slot_start_next(struct schedule *schedule, struct slot *slot, struct error *error)
{
    if (slot->group.count == 0)
        return start_group(schedule, slot, error);
    if (slot->cold)
        return start_cold(schedule, slot, error);
    const struct cell *cell = schedule->options->plan->cells[slot->group.cells[0]];
    if (slot->trunk.stops < cell->stop)
        send_trunk_on(schedule, slot);
    else
        start_branch(schedule, slot);
    return true;
}
