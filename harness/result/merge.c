// Merging runs.
#include "result/merge.h"

#include <stdlib.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool check(struct run_result *const *runs, size_t count, struct error *error)
{
    for (size_t i = 1; i < count; i++) {
        if (!same_text(runs[i]->lab, runs[0]->lab))
            return error_set(error, ERROR_INPUT, "these runs are of different labs, %s and %s", runs[0]->lab,
                runs[i]->lab);
        if (!same_text(runs[i]->kernel, runs[0]->kernel))
            return error_set(error, ERROR_INPUT, "these runs are of different guest kernels, %s and %s",
                runs[0]->kernel ? runs[0]->kernel : "unknown", runs[i]->kernel ? runs[i]->kernel : "unknown");
    }
    return true;
}

static bool same_cell(const struct cell_result *a, const struct cell_result *b)
{
    return a->seed == b->seed && strcmp(a->scenario, b->scenario) == 0 && strcmp(a->subject, b->subject) == 0;
}

static bool comes_later(struct run_result *const *runs, size_t count, const struct cell_result *cell)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < runs[i]->cells_count; j++)
            if (runs[i]->cells[j].verdict && same_cell(&runs[i]->cells[j], cell))
                return true;
    return false;
}

static int by_name(const void *left, const void *right)
{
    const struct cell_result *a = left, *b = right;
    int order = strcmp(a->scenario, b->scenario);
    if (order == 0)
        order = strcmp(a->subject, b->subject);
    return order != 0 ? order : (a->seed > b->seed) - (a->seed < b->seed);
}

static void take_cells(struct run_result *merged, struct run_result **runs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        merged->wall_s += runs[i]->wall_s;
        for (size_t j = 0; j < runs[i]->cells_count; j++) {
            struct cell_result *cell = &runs[i]->cells[j];
            if (!cell->verdict || comes_later(runs + i + 1, count - i - 1, cell))
                continue;
            merged->cells[merged->cells_count++] = *cell;
            *cell = (struct cell_result){0};
        }
    }
    qsort(merged->cells, merged->cells_count, sizeof(*merged->cells), by_name);
}

struct run_result *run_merge(struct run_result **runs, size_t count, struct error *error)
{
    size_t cells = 0;
    if (!check(runs, count, error))
        return NULL;
    for (size_t i = 0; i < count; i++)
        cells += runs[i]->cells_count;
    struct run_result *merged = run_result_new(
        runs[0]->lab, runs[0]->kernel, runs[0]->started, runs[0]->seed, cells);
    if (!merged) {
        (void)error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    merged->cells_count = 0;
    take_cells(merged, runs, count);
    return merged;
}
