// Judging stored cells.
#include "result/rejudge.h"

#include "base/array.h"
#include "base/path.h"
#include "base/stored_file.h"
#include "trace/event.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What kept a cell from its end (a watchdog) or from being begun at all (a missing program) is known to the
// run only; its trace tells less, or is another run's.
static bool stored_knows_more(const struct verdict *stored, const struct verdict *again)
{
    bool never_begun = stored->outcome == OUTCOME_SKIP && stored->virtual_us == 0;
    return never_begun || (stored->outcome == OUTCOME_ERROR && again->outcome == OUTCOME_ERROR);
}

static bool rejudge_cell(struct cell_result *cell, const char *folder, struct error *error)
{
    char path[PATH_MAX];
    struct verdict *again = verdict_of_folder(path_format(path, "%s/%s", folder, cell->dir));
    if (again == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    if (stored_knows_more(cell->verdict, again)) {
        verdict_free(again);
        return true;
    }
    verdict_free(cell->verdict);
    cell->verdict = again;
    error_texts_clear(&cell->texts);
    return error_texts_collect(again, &cell->texts) ? true : error_set(error, ERROR_LAB, "out of memory");
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

// The names of the folders that hold the plan of a cell, sorted. False: no memory, or no folder.
static bool list_cells(const char *folder, char ***names, size_t *count, struct error *error)
{
    DIR *run = opendir(folder);
    bool good = true;
    char plan[PATH_MAX];
    if (run == NULL)
        return error_set_errno(error, ERROR_INPUT, "%s", folder);
    for (struct dirent *entry; good && (entry = readdir(run)) != NULL;) {
        path_format(plan, "%s/%s/plan.json", folder, entry->d_name);
        if (!stored_name_is_plain(entry->d_name) || access(plan, F_OK) != 0)
            continue;
        char **grown = *count < RUN_CELLS_MAX ? array_grow(*names, *count, sizeof(*grown)) : NULL;
        char *name = strdup(entry->d_name);
        good = grown != NULL && name != NULL;
        if (!good)
            free(name);
        if (grown != NULL)
            *names = grown;
        if (good)
            (*names)[(*count)++] = name;
        else
            error_set(error, ERROR_LAB, "%s: out of memory, or too many cells", folder);
    }
    closedir(run);
    if (*count > 0)
        qsort(*names, *count, sizeof(**names), by_name);
    return good;
}

// The last thing that a guest says of a cell.
static bool has_ended(const char *folder)
{
    char path[PATH_MAX];
    struct error unread;
    json_t *events = trace_event_read(path_format(path, "%s/events.jsonl", folder), &unread);
    const json_t *last = json_array_get(events, json_array_size(events) - 1);
    const char *name = json_string_value(json_object_get(last, "event"));
    bool ended = name != NULL && strcmp(name, "end") == 0;
    json_decref(events);
    return ended;
}

// A cell whose trace breaks off was not run to its end.
static bool take_whole(struct run_result *result, const char *folder, const char *name, struct error *error)
{
    char path[PATH_MAX];
    struct error unread;
    struct cell *cell = has_ended(path_format(path, "%s/%s", folder, name)) ? cell_read(path, &unread) : NULL;
    if (cell == NULL || strcmp(cell->name, name) != 0) {
        cell_free(cell);
        return true;
    }
    if (result->cells_count == 0)
        result->seed = cell->seed;
    struct verdict *verdict = verdict_of_folder(path);
    bool taken = run_result_set(result, result->cells_count, cell, folder, verdict, 0, error);
    result->cells_count++;
    cell_free(cell);
    return taken;
}

// What a run that was killed left: it had no time to write run.json.
static struct run_result *gather(const char *folder, struct error *error)
{
    char **names = NULL;
    size_t count = 0;
    struct run_result *result = NULL;
    bool good = list_cells(folder, &names, &count, error);
    if (good && count == 0)
        good = error_set(error, ERROR_INPUT, "%s: neither a run.json nor a cell", folder);
    if (good && (result = run_result_new("virtual", NULL, NULL, 0, count)) == NULL)
        good = error_set(error, ERROR_LAB, "out of memory");
    if (result != NULL)
        result->cells_count = 0;
    for (size_t i = 0; i < count; i++) {
        good = good && take_whole(result, folder, names[i], error);
        free(names[i]);
    }
    free(names);
    if (result != NULL)
        result->cells_count = count; // the rest was not run
    if (good)
        return result;
    run_result_free(result);
    return NULL;
}

struct run_result *run_rejudge(const char *folder, struct error *error)
{
    char path[PATH_MAX];
    if (access(path_format(path, "%s/run.json", folder), F_OK) != 0)
        return gather(folder, error);
    struct run_result *result = run_result_read(path, error);
    bool judged = result != NULL;
    for (size_t i = 0; judged && i < result->cells_count; i++)
        if (result->cells[i].verdict != NULL)
            judged = rejudge_cell(&result->cells[i], folder, error);
    if (judged)
        return result;
    run_result_free(result);
    return NULL;
}
