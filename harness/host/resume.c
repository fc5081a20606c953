// What an earlier run left of a cell.
#include "host/resume.h"

#include "base/json_file.h"
#include "contract/cell_files.h"

// Where things stand in their files is said in messages only.
static void forget_places(json_t *json)
{
    const char *key;
    size_t i;
    json_t *value;
    json_object_del(json, "line");
    json_object_del(json, "column");
    json_object_foreach(json, key, value)
    {
        forget_places(value);
    }
    json_array_foreach(json, i, value)
    {
        forget_places(value);
    }
}

static void forget_cell(json_t *json, const char *const *keys)
{
    for (; *keys != NULL; keys++)
        json_object_del(json, *keys);
}

// Leaves what decides what happens. A key that is not named here decides, until somebody knows better.
// (Plans of older versions know departures.)
static void forget_what_judges(json_t *plan)
{
    static const char *const of_cell[] = {"strategy_class", "differs", "departures", NULL};
    static const char *const of_scenario[] = {"path", "claim", "must_fail", "reproduces", "expect", NULL};
    forget_cell(plan, of_cell);
    forget_cell(json_object_get(plan, "scenario"), of_scenario);
    forget_places(plan);
}

static bool is_same_cell(const struct cell *cell, const struct folder *folder)
{
    struct error unreadable = {0};
    json_t *stored = json_file_read_in(folder, CELL_PLAN_FILE, ERROR_INPUT, &unreadable);
    json_t *wanted = cell_to_json(cell);
    forget_what_judges(stored);
    forget_what_judges(wanted);
    bool same = stored != NULL && wanted != NULL && json_equal(stored, wanted);
    json_decref(stored);
    json_decref(wanted);
    return same;
}

struct verdict *run_resume(const struct cell *cell, const struct folder *folder)
{
    struct error unwritten = {0}; // running the cell will say it
    if (!is_same_cell(cell, folder) || !cell_write(cell, folder, &unwritten))
        return NULL;
    struct verdict *verdict = verdict_of_folder(folder);
    // A trace that breaks off is an error.
    if (verdict == NULL || verdict->outcome != OUTCOME_ERROR)
        return verdict;
    verdict_free(verdict);
    return NULL;
}
