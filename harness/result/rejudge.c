// Judging stored cells: those that run.json knows, and those that a run left that was killed before it wrote
// one.
#include "result/rejudge.h"

#include "contract/cell_files.h"

#include <stdlib.h>
#include <string.h>

// What kept a cell from its end (a watchdog) or from being begun at all (a missing program) is known to the
// run only; its trace tells less, or is another run's.
static bool stored_knows_more(const struct verdict *stored, const struct verdict *again)
{
    bool never_begun = stored->outcome == OUTCOME_SKIP && stored->virtual_us == 0;
    return never_begun || (stored->outcome == OUTCOME_ERROR && again->outcome == OUTCOME_ERROR);
}

static bool rejudge_cell(struct cell_result *cell, const struct folder *folder, struct error *error)
{
    struct verdict *again = verdict_of_folder_in(folder, cell->dir);
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

// The plan of the cell in the folder `name`, where that is its folder's name and its lab is `lab` (NULL:
// any).
static struct cell *read_stored_plan(const struct folder *folder, const char *name, const char *lab)
{
    struct folder below;
    struct error unread = {0};
    if (!folder_enter(folder, name, &below, ERROR_INPUT, &unread))
        return NULL;
    struct cell *cell = folder_has(&below, CELL_PLAN_FILE) ? cell_read(&below, &unread) : NULL;
    folder_close(&below);
    if (cell != NULL && strcmp(cell->name, name) == 0 &&
        (lab == NULL || strcmp(lab, lab_kind_name(cell->lab)) == 0))
        return cell;
    cell_free(cell);
    return NULL;
}

static int compare_file_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

// Keeps the folders of cells that run.json does not know.
static bool keep_others(const struct run_result *result, const struct folder *folder, char **names)
{
    size_t known_count = 0, kept = 0;
    const char **known = calloc(result->cells_count + 1, sizeof(*known));
    for (size_t i = 0; known != NULL && i < result->cells_count; i++)
        if (result->cells[i].dir != NULL)
            known[known_count++] = result->cells[i].dir;
    if (known_count > 0)
        qsort(known, known_count, sizeof(*known), compare_file_names);
    for (size_t i = 0; known != NULL && names[i] != NULL; i++) {
        bool is_known = bsearch(&names[i], known, known_count, sizeof(*known), compare_file_names) != NULL;
        struct cell *cell = is_known ? NULL : read_stored_plan(folder, names[i], result->lab);
        if (cell != NULL)
            names[kept++] = names[i];
        else
            free(names[i]);
        cell_free(cell);
    }
    if (known != NULL)
        names[kept] = NULL;
    free(known);
    return known != NULL;
}

// Places for `count` cells more, behind those that were run. What run.json counts as not run may be among
// them.
static bool make_room_for_cell(struct run_result *result, size_t *first, size_t count, struct error *error)
{
    for (*first = 0; *first < result->cells_count && result->cells[*first].verdict != NULL;)
        ++*first;
    size_t all = *first + count > result->cells_count ? *first + count : result->cells_count;
    struct cell_result *grown = reallocarray(result->cells, all + 1, sizeof(*grown));
    if (grown == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    result->cells = grown;
    while (result->cells_count < all)
        grown[result->cells_count++] = (struct cell_result){0};
    return true;
}

// A cell whose trace breaks off was not run to its end: its place stays empty.
static bool add_rejudged_cell(struct run_result *result, size_t *place, const struct folder *folder,
    const char *name, struct error *error)
{
    struct cell *cell = read_stored_plan(folder, name, result->lab);
    struct verdict *verdict = cell != NULL ? verdict_of_folder_in(folder, name) : NULL;
    bool whole = verdict != NULL && verdict->over;
    bool good = !whole || run_result_set(result, (*place)++, cell, folder, verdict, 0, error);
    if (!whole)
        verdict_free(verdict);
    cell_free(cell);
    return good;
}

// What a run that was killed left beside the cells that its run.json knows, or without one.
static bool add_others(struct run_result *result, const struct folder *folder, struct error *error)
{
    size_t count = 0, place;
    char **names = folder_names(folder, error);
    if (names == NULL)
        return false;
    bool added = keep_others(result, folder, names) || error_set(error, ERROR_LAB, "out of memory");
    while (names[count] != NULL)
        count++;
    added = added && make_room_for_cell(result, &place, count, error);
    for (size_t i = 0; added && i < count; i++)
        added = add_rejudged_cell(result, &place, folder, names[i], error);
    folder_names_free(names);
    return added;
}

// Of the lab and with the seed of the first cell that there is.
static struct run_result *begin_without(const struct folder *folder, struct error *error)
{
    struct run_result *result = NULL;
    struct cell *cell = NULL;
    char **names = folder_names(folder, error);
    if (names == NULL)
        return NULL;
    for (char **name = names; cell == NULL && *name != NULL; name++)
        cell = read_stored_plan(folder, *name, NULL);
    if (cell == NULL)
        (void)error_set(error, ERROR_INPUT, "%s: neither a run.json nor the folder of a cell", folder->path);
    else if ((result = run_result_new(lab_kind_name(cell->lab), NULL, NULL, cell->seed, 0)) == NULL)
        (void)error_set(error, ERROR_LAB, "out of memory");
    cell_free(cell);
    folder_names_free(names);
    return result;
}

struct run_result *run_rejudge(const struct folder *folder, struct error *error)
{
    struct run_result *result = folder_has(folder, RUN_FILE) ? run_result_read(folder, error)
                                                             : begin_without(folder, error);
    bool judged = result != NULL;
    for (size_t i = 0; judged && i < result->cells_count; i++)
        if (result->cells[i].verdict != NULL)
            judged = rejudge_cell(&result->cells[i], folder, error);
    if (judged && add_others(result, folder, error))
        return result;
    run_result_free(result);
    return NULL;
}
