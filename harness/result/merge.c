// Merging runs.
#include "result/merge.h"

#include <stdlib.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool check_merge(struct run_result *const *runs, size_t count, struct error *error)
{
    for (size_t i = 1; i < count; i++) {
        if (!same_text(runs[i]->lab, runs[0]->lab))
            return error_set(error, ERROR_INPUT, "these runs are of different labs, %s and %s", runs[0]->lab,
                runs[i]->lab);
        if (!same_text(runs[i]->kernel, runs[0]->kernel))
            return error_set(error, ERROR_INPUT, "these runs are of different guest kernels, %s and %s",
                runs[0]->kernel ? runs[0]->kernel : "unknown", runs[i]->kernel ? runs[i]->kernel : "unknown");
        if (strcmp(runs[i]->world.image_sha256, runs[0]->world.image_sha256) != 0)
            return error_set(error, ERROR_INPUT, "these runs are of different images, %s %.16s and %s %.16s",
                runs[0]->world.image, runs[0]->world.image_sha256, runs[i]->world.image,
                runs[i]->world.image_sha256);
    }
    return true;
}

struct place {
    struct cell_result *cell;
    size_t run, index;
};

static int compare_merged_cells(const struct cell_result *a, const struct cell_result *b)
{
    int order = strcmp(a->scenario, b->scenario);
    if (order == 0)
        order = strcmp(a->subject, b->subject);
    return order != 0 ? order : (a->seed > b->seed) - (a->seed < b->seed);
}

// Of one cell the last run's first.
static int by_cell(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int order = compare_merged_cells(a->cell, b->cell);
    if (order == 0)
        order = (a->run < b->run) - (a->run > b->run);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static bool take_merged_cells(struct run_result *merged, struct run_result **runs, size_t runs_count)
{
    struct place *places = calloc(merged->cells_count + 1, sizeof(*places));
    size_t count = 0;
    for (size_t i = 0; places && i < runs_count; i++)
        for (size_t j = 0; j < runs[i]->cells_count; j++)
            if (runs[i]->cells[j].verdict)
                places[count++] = (struct place){&runs[i]->cells[j], i, j};
    merged->cells_count = 0;
    if (!places)
        return false;
    qsort(places, count, sizeof(*places), by_cell);
    for (size_t i = 0, first = 0; i < count; i++) {
        if (compare_merged_cells(places[first].cell, places[i].cell) != 0)
            first = i;
        if (places[i].run != places[first].run)
            continue;
        merged->cells[merged->cells_count] = *places[i].cell;
        merged->cells[merged->cells_count++].source = places[i].run;
    }
    for (size_t i = 0; i < runs_count; i++)
        merged->wall_s += runs[i]->wall_s;
    // What was taken is no longer theirs.
    for (size_t i = 0, kept = 0; i < count && kept < merged->cells_count; i++)
        if (places[i].cell->dir == merged->cells[kept].dir) {
            *places[i].cell = (struct cell_result){0};
            kept++;
        }
    free(places);
    return true;
}

struct run_result *run_merge(struct run_result **runs, size_t count, struct error *error)
{
    size_t cells = 0;
    if (!check_merge(runs, count, error))
        return NULL;
    for (size_t i = 0; i < count; i++)
        cells += runs[i]->cells_count;
    struct run_result *merged = run_result_new(
        runs[0]->lab, runs[0]->kernel, runs[0]->started, runs[0]->seed, cells);
    if (!merged) {
        (void)error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    merged->world = runs[0]->world;
    if (take_merged_cells(merged, runs, count) ? run_result_check_folders(merged, error)
                                               : error_set(error, ERROR_LAB, "out of memory"))
        return merged;
    run_result_free(merged);
    return NULL;
}
