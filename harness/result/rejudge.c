// Judging stored cells.
#include "result/rejudge.h"

#include "base/path.h"

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

struct run_result *run_rejudge(const char *folder, struct error *error)
{
    char path[PATH_MAX];
    struct run_result *result = run_result_read(path_format(path, "%s/run.json", folder), error);
    bool judged = result != NULL;
    for (size_t i = 0; judged && i < result->cells_count; i++)
        if (result->cells[i].verdict != NULL)
            judged = rejudge_cell(&result->cells[i], folder, error);
    if (judged)
        return result;
    run_result_free(result);
    return NULL;
}
