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

// Every shard once. A run that is no shard is one of one.
static bool check_shards(const struct merge_request *request, struct error *error)
{
    const struct run_result *first = request->runs[0];
    size_t *holders = calloc(first->shards + 1, sizeof(*holders)); // 1-based; 0: missing
    bool good = true;
    if (holders == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; good && i < request->count; i++) {
        const struct run_result *run = request->runs[i];
        if (run->shards != first->shards || strcmp(run->plan_sha256, first->plan_sha256) != 0)
            good = error_set(error, ERROR_INPUT, "%s and %s are not shards of one plan", request->names[0],
                request->names[i]);
        else if (holders[run->shard] != 0 && run->shards > 0)
            good = error_set(error, ERROR_INPUT, "%s and %s are both shard %u/%u",
                request->names[holders[run->shard] - 1], request->names[i], run->shard, run->shards);
        else
            holders[run->shard] = i + 1;
    }
    for (unsigned shard = 1; good && shard <= first->shards; shard++)
        good = holders[shard] != 0 ||
               error_set(error, ERROR_INPUT, "shard %u/%u is missing", shard, first->shards);
    free(holders);
    return good;
}

static bool check_whole(const struct merge_request *request, struct error *error)
{
    for (size_t i = 0; i < request->count; i++) {
        const size_t not_run = run_result_count(request->runs[i]).not_run;
        if (not_run > 0)
            return error_set(error, ERROR_INPUT,
                "%s was cut short: %zu cell%s of it not run. `hangup run ... --resume --out %s` runs them",
                request->names[i], not_run, not_run == 1 ? "" : "s", request->names[i]);
    }
    return true;
}

static bool check_overlap(
    const struct merge_request *request, const struct place *places, size_t count, struct error *error)
{
    for (size_t i = 1; i < count; i++)
        if (places[i].run != places[i - 1].run &&
            compare_merged_cells(places[i - 1].cell, places[i].cell) == 0)
            return error_set(error, ERROR_INPUT,
                "%s %s is in %s and in %s; with --replace the later one counts", places[i].cell->scenario,
                places[i].cell->subject, request->names[places[i].run], request->names[places[i - 1].run]);
    return true;
}

// By cell; the caller frees it.
static struct place *sort_places(const struct merge_request *request, size_t room, size_t *count)
{
    struct place *places = calloc(room + 1, sizeof(*places));
    *count = 0;
    for (size_t i = 0; places && i < request->count; i++)
        for (size_t j = 0; j < request->runs[i]->cells_count; j++)
            if (request->runs[i]->cells[j].verdict)
                places[(*count)++] = (struct place){&request->runs[i]->cells[j], i, j};
    if (places)
        qsort(places, *count, sizeof(*places), by_cell);
    return places;
}

static bool take_merged_cells(
    struct run_result *merged, const struct merge_request *request, struct error *error)
{
    size_t count;
    struct place *places = sort_places(request, merged->cells_count, &count);
    merged->cells_count = 0;
    if (!places || (!request->replaces && !check_overlap(request, places, count, error))) {
        free(places);
        return places ? false : error_set(error, ERROR_LAB, "out of memory");
    }
    for (size_t i = 0, first = 0; i < count; i++) {
        if (compare_merged_cells(places[first].cell, places[i].cell) != 0)
            first = i;
        if (places[i].run != places[first].run)
            continue;
        merged->cells[merged->cells_count] = *places[i].cell;
        merged->cells[merged->cells_count++].source = places[i].run;
    }
    for (size_t i = 0; i < request->count; i++)
        merged->wall_s += request->runs[i]->wall_s;
    // What was taken is no longer theirs.
    for (size_t i = 0, kept = 0; i < count && kept < merged->cells_count; i++)
        if (places[i].cell->dir == merged->cells[kept].dir) {
            *places[i].cell = (struct cell_result){0};
            kept++;
        }
    free(places);
    return true;
}

struct run_result *run_merge(const struct merge_request *request, struct error *error)
{
    size_t cells = 0;
    struct run_result *const *runs = request->runs;
    if (!check_merge(runs, request->count, error) ||
        (!request->replaces && (!check_shards(request, error) || !check_whole(request, error))))
        return NULL;
    for (size_t i = 0; i < request->count; i++)
        cells += runs[i]->cells_count;
    struct run_result *merged = run_result_new(
        runs[0]->lab, runs[0]->kernel, runs[0]->started, runs[0]->seed, cells);
    if (!merged) {
        (void)error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    merged->world = runs[0]->world;
    memcpy(merged->cold, runs[0]->cold, sizeof(merged->cold));
    if (take_merged_cells(merged, request, error) && run_result_check_folders(merged, error))
        return merged;
    run_result_free(merged);
    return NULL;
}
