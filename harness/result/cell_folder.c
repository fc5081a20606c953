// Removing and taking the folders of cells.
#include "result/cell_folder.h"

#include "base/directory.h"
#include "base/json_file.h"
#include "contract/cell_files.h"

#include <string.h>
#include <unistd.h>

#define PLAN_SCHEMA "hangup-plan/" // of whatever version

static bool is_empty(const struct folder *folder)
{
    struct error error = {0};
    char **names = folder_names(folder, &error);
    bool empty = names != NULL && names[0] == NULL;
    folder_names_free(names);
    return empty;
}

// The plan is written first and removed last.
static bool has_plan(const struct folder *folder)
{
    struct error unread = {0};
    json_t *plan = json_file_read_in(folder, CELL_PLAN_FILE, ERROR_INPUT, &unread);
    const char *schema = json_string_value(json_object_get(plan, "schema"));
    bool is_plan = schema != NULL && strncmp(schema, PLAN_SCHEMA, strlen(PLAN_SCHEMA)) == 0;
    json_decref(plan);
    return is_plan;
}

static bool is_cell(const struct folder *run, const char *name)
{
    struct folder folder;
    struct error unread = {0};
    if (!folder_enter(run, name, &folder, ERROR_INPUT, &unread))
        return false;
    bool cell = has_plan(&folder);
    folder_close(&folder);
    return cell;
}

static bool check_own(const struct folder *run, const char *name, struct error *error)
{
    struct folder folder;
    if (!folder_enter(run, name, &folder, ERROR_INPUT, error))
        return false;
    bool own = has_plan(&folder) || is_empty(&folder) ||
               error_set(error, ERROR_INPUT, "%s: in the way, and not a cell of hangup's: move it away",
                   folder.path);
    folder_close(&folder);
    return own;
}

bool cell_folder_remove(const struct folder *run, const char *name, struct error *error)
{
    return !folder_has(run, name) || ((folder_has_link(run, name) || check_own(run, name, error)) &&
                                         folder_remove_below(run, name, CELL_PLAN_FILE, error));
}

bool cell_folder_take(
    const struct folder *from, const struct folder *to, const char *name, struct error *error)
{
    struct folder source, target;
    if (!folder_enter(from, name, &source, ERROR_INPUT, error))
        return false;
    bool taken = cell_folder_remove(to, name, error) && folder_enter_new(to, name, &target, error);
    if (taken) {
        taken = folder_link_files(&source, &target, error);
        folder_close(&target);
    }
    folder_close(&source);
    return taken;
}

bool run_folder_clear(const struct folder *run, struct error *error)
{
    char **names = folder_names(run, error);
    bool cleared = names != NULL;
    for (char **name = names; cleared && *name != NULL; name++)
        if (is_cell(run, *name))
            cleared = folder_remove_below(run, *name, CELL_PLAN_FILE, error);
    folder_names_free(names);
    return cleared;
}
