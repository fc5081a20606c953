// What an earlier run left of a cell.
#include "run_resume.h"

#include "path_format.h"

static bool is_same_plan(const struct cell *cell, const char *folder)
{
    char path[PATH_MAX];
    json_t *stored = json_load_file(path_format(path, "%s/plan.json", folder), 0, NULL);
    json_t *wanted = cell_to_json(cell);
    bool same = stored != NULL && wanted != NULL && json_equal(stored, wanted);
    json_decref(stored);
    json_decref(wanted);
    return same;
}

struct verdict *run_resume(const struct cell *cell, const char *folder)
{
    struct verdict *verdict = is_same_plan(cell, folder) ? verdict_of_folder(folder) : NULL;
    // A trace that breaks off is an error.
    if (verdict == NULL || verdict->outcome != OUTCOME_ERROR)
        return verdict;
    verdict_free(verdict);
    return NULL;
}
