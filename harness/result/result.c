// The result of a run as data.
#include "result/result.h"

#include "base/text.h"
#include "contract/cell_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run_result *run_result_new(
    const char *lab, const char *kernel, const char *started, uint64_t seed, size_t cells_count)
{
    struct run_result *result = calloc(1, sizeof(*result));
    if (!result)
        return NULL;
    result->seed = seed;
    result->lab = strdup(lab);
    result->kernel = kernel ? strdup(kernel) : NULL;
    result->started = started ? strdup(started) : NULL;
    result->cells = calloc(cells_count + 1, sizeof(*result->cells));
    result->cells_count = result->cells ? cells_count : 0;
    if (result->lab && result->cells && !(kernel && !result->kernel) && !(started && !result->started))
        return result;
    run_result_free(result);
    return NULL;
}

static void clear_cell(struct cell_result *cell)
{
    free(cell->scenario);
    free(cell->claim);
    free(cell->subject);
    free(cell->dir);
    verdict_free(cell->verdict);
    error_texts_clear(&cell->texts);
}

void run_result_free(struct run_result *result)
{
    if (!result)
        return;
    for (size_t i = 0; i < result->cells_count; i++)
        clear_cell(&result->cells[i]);
    free(result->cells);
    free(result->lab);
    free(result->kernel);
    free(result->started);
    free(result);
}

// What is not there has no digest: a skipped cell left nothing, and the verdict says so for the others.
static void take_digests(struct cell_result *place, const struct folder *run)
{
    struct folder folder;
    struct error none = {0};
    if (!folder_enter(run, place->dir, &folder, ERROR_INPUT, &none))
        return;
    digest_file_in(&folder, CELL_EVENTS_FILE, place->events_sha256);
    digest_file_in(&folder, CELL_CAPTURE_FILE, place->pcap_sha256);
    folder_close(&folder);
}

bool run_result_set(struct run_result *result, size_t index, const struct cell *cell,
    const struct folder *run, struct verdict *verdict, double wall_s, struct error *error)
{
    struct cell_result *place = &result->cells[index];
    clear_cell(place);
    *place = (struct cell_result){
        .scenario = strdup(cell->scenario->name),
        .claim = text_one_line(cell->scenario->claim),
        .subject = strdup(cell->subject),
        .dir = strdup(cell->name),
        .seed = cell->seed,
        .best = cell->scenario->best,
        .control = cell->scenario->must_fail,
        .verdict = verdict,
        .wall_s = wall_s,
    };
    if (place->dir)
        take_digests(place, run);
    if (place->scenario && place->claim && place->subject && place->dir && verdict &&
        error_texts_collect(verdict, &place->texts))
        return true;
    clear_cell(place);
    *place = (struct cell_result){0};
    return error_set(error, ERROR_LAB, "%s: out of memory", cell->name);
}

struct outcome_counts run_result_count(const struct run_result *result)
{
    struct outcome_counts counts = {0};
    for (size_t i = 0; i < result->cells_count; i++) {
        const struct verdict *verdict = result->cells[i].verdict;
        counts.not_run += !verdict;
        counts.passed += verdict && verdict->outcome == OUTCOME_PASS;
        counts.failed += verdict && verdict->outcome == OUTCOME_FAIL;
        counts.skipped += verdict && verdict->outcome == OUTCOME_SKIP;
        counts.errors += verdict && verdict->outcome == OUTCOME_ERROR;
        counts.breaches += verdict && verdict->outcome < OUTCOME_FAIL && result->cells[i].fail_on[0] != '\0';
    }
    return counts;
}

enum outcome run_result_outcome(const struct run_result *result)
{
    enum outcome worst = OUTCOME_PASS;
    for (size_t i = 0; i < result->cells_count; i++) {
        const struct verdict *verdict = result->cells[i].verdict;
        if (verdict && verdict->outcome > worst)
            worst = verdict->outcome;
    }
    return worst;
}

static int by_folder(const void *left, const void *right)
{
    return strcmp(
        (*(const struct cell_result *const *)left)->dir, (*(const struct cell_result *const *)right)->dir);
}

bool run_result_check_folders(const struct run_result *result, struct error *error)
{
    size_t count = 0;
    const struct cell_result **cells = calloc(result->cells_count + 1, sizeof(*cells));
    if (!cells)
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; i < result->cells_count; i++)
        if (result->cells[i].dir)
            cells[count++] = &result->cells[i];
    qsort(cells, count, sizeof(*cells), by_folder);
    bool good = true;
    for (size_t i = 1; good && i < count; i++)
        good = strcmp(cells[i - 1]->dir, cells[i]->dir) != 0 ||
               error_set(error, ERROR_INPUT, "cells: two have the folder %s", cells[i]->dir);
    free(cells);
    return good;
}
