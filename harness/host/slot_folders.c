// The folders of cells and of trunks in the run's.
#include "host/slot.h"

#include "base/directory.h"
#include "base/path.h"
#include "contract/cell_files.h"
#include "host/guardian.h"
#include "result/cell_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRUNK_NAME                                                                                           \
    "trunk-" // no cell is called so: its name begins with a scenario and has two hyphens together

// Once more by each name by which the cell's guest may look for it.
static bool write_plans(const struct folder *folder, const struct cell *cell, struct error *error)
{
    bool written = cell_write(cell, folder, error);
    for (size_t i = 0; written && i < cell_levels(cell); i++)
        written = linkat(folder->fd, CELL_PLAN_FILE, folder->fd, fork_plan_files[i], 0) == 0 ||
                  error_set_errno(error, ERROR_LAB, "%s/%s", folder->path, fork_plan_files[i]);
    return written;
}

// The folder of the run's `name` with the plan of `cell`.
static bool make_run_folder(const struct schedule *schedule, const struct cell *cell, const char *name,
    char path[static PATH_MAX], struct error *error)
{
    struct folder folder;
    const struct folder *run = schedule->options->folder;
    // An earlier run's log would be counted with ours.
    if (!cell_folder_remove(run, name, error) || !folder_enter_new(run, name, &folder, error))
        return false;
    path_format(path, "%s", folder.path);
    bool made = guardian_watch(path, 0, error) && write_plans(&folder, cell, error);
    folder_close(&folder);
    return made;
}

bool slot_folder_make(
    const struct schedule *schedule, const struct cell *cell, char path[static PATH_MAX], struct error *error)
{
    return make_run_folder(schedule, cell, cell->name, path, error);
}

// The first is called after the slot, the others after those that they grow from.
static void name_trunk(
    const struct schedule *schedule, const struct slot *slot, size_t nth, char name[static FOLDER_NAME_MAX])
{
    const size_t number = (size_t)(slot - schedule->slots);
    if (nth == 0)
        snprintf(name, FOLDER_NAME_MAX, TRUNK_NAME "%zu", number);
    else
        snprintf(name, FOLDER_NAME_MAX, TRUNK_NAME "%zu-%zu", number, nth);
}

// How many trunks may grow from each other in the slot.
static size_t count_trunks(const struct schedule *schedule, const struct slot *slot)
{
    size_t most = 1;
    for (size_t i = 0; i < slot->group.count; i++)
        if (slot->group.shared[i] + 1 > most)
            most = slot->group.shared[i] + 1;
    return most < schedule->levels ? most : schedule->levels;
}

bool slot_folders_make(const struct schedule *schedule, const struct slot *slot, struct error *error)
{
    char path[PATH_MAX], name[FOLDER_NAME_MAX];
    const struct cell *cell = NULL;
    for (size_t i = 0; i < slot->group.count; i++) {
        cell = schedule->options->plan->cells[slot->group.cells[i]];
        if (!slot_folder_make(schedule, cell, path, error))
            return false;
    }
    for (size_t i = 0; cell != NULL && i < count_trunks(schedule, slot); i++) {
        name_trunk(schedule, slot, i, name);
        if (!make_run_folder(schedule, cell, name, path, error))
            return false;
    }
    return true;
}

static bool empty_folder(const struct folder *folder, struct error *error)
{
    char **names = folder_names(folder, error);
    bool emptied = names != NULL;
    for (char **name = names; emptied && *name != NULL; name++)
        emptied = folder_remove_below(folder, *name, NULL, error);
    folder_names_free(names);
    return emptied;
}

// It stays the same folder: the walls of the trunks that it grows from name it.
bool slot_folder_refill(const struct schedule *schedule, const struct slot *slot, size_t nth,
    const struct cell *cell, char path[static PATH_MAX], struct error *error)
{
    char name[FOLDER_NAME_MAX];
    struct folder folder;
    name_trunk(schedule, slot, nth, name);
    if (!folder_enter(schedule->options->folder, name, &folder, ERROR_LAB, error))
        return false;
    path_format(path, "%s", folder.path);
    bool filled = empty_folder(&folder, error) && guardian_watch(path, 0, error) &&
                  write_plans(&folder, cell, error);
    folder_close(&folder);
    return filled;
}

static bool add_path(const struct schedule *schedule, const char *name, char **paths, size_t *count)
{
    char path[PATH_MAX];
    paths[*count] = strdup(path_format(path, "%s/%s", schedule->options->folder->path, name));
    return paths[(*count)++] != NULL;
}

char **slot_folders_below(const struct schedule *schedule, const struct slot *slot, size_t nth, size_t count)
{
    char name[FOLDER_NAME_MAX];
    size_t used = 0;
    char **paths = calloc(count + FORK_LEVELS + 1, sizeof(*paths));
    if (!paths)
        return NULL;
    bool good = true;
    for (size_t i = 0; good && i < count; i++)
        good = add_path(schedule, schedule->options->plan->cells[slot->group.cells[i]]->name, paths, &used);
    for (size_t i = nth + 1; good && i < count_trunks(schedule, slot); i++) {
        name_trunk(schedule, slot, i, name);
        good = add_path(schedule, name, paths, &used);
    }
    if (good)
        return paths;
    slot_folders_free(paths);
    return NULL;
}

void slot_folders_free(char **paths)
{
    for (char **path = paths; path != NULL && *path != NULL; path++)
        free(*path);
    free(paths);
}

void slot_folders_remove(const struct schedule *schedule, const struct slot *slot)
{
    char name[FOLDER_NAME_MAX];
    struct error none = {0};
    for (size_t i = 0; i < FORK_LEVELS; i++) {
        name_trunk(schedule, slot, i, name);
        (void)!cell_folder_remove(schedule->options->folder, name, &none);
    }
}

void slot_folders_clear(const struct schedule *schedule)
{
    struct error none = {0};
    char **names = folder_names(schedule->options->folder, &none);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        if (strncmp(names[i], TRUNK_NAME, strlen(TRUNK_NAME)) == 0 && strstr(names[i], "--") == NULL)
            (void)!cell_folder_remove(schedule->options->folder, names[i], &none);
    folder_names_free(names);
}
