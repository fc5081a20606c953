// The plan: every scenario with every subject's strategy that it expects something of.
#include "base/array.h"
#include "plan/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool check_request(const struct plan_request *request, struct error *error)
{
    if (request->shards < 1 || request->shard < 1 || request->shard > request->shards)
        return error_set(error, ERROR_INPUT, "shard %u/%u: expected I/N with I from 1 to N", request->shard,
            request->shards);
    if (request->seed > INT64_MAX) // JSON's integers are signed
        return error_set(
            error, ERROR_INPUT, "seed %" PRIu64 ": expected at most %" PRId64, request->seed, INT64_MAX);
    return true;
}

static bool add_plan_cell(struct plan *plan, struct cell *cell, struct error *error)
{
    if (cell == NULL)
        return false;
    struct cell **cells = array_grow(plan->cells, plan->cells_count, sizeof(*cells));
    if (cells == NULL) {
        cell->scenario = NULL; // the plan's
        cell_free(cell);
        return error_set(error, ERROR_LAB, "out of memory");
    }
    plan->cells = cells;
    cells[plan->cells_count++] = cell;
    return true;
}

static bool add_cells(struct plan *plan, const struct plan_request *request,
    const struct plan_choices *choices, struct error *error)
{
    for (size_t i = 0; i < plan->scenarios_count; i++) {
        for (size_t j = 0; j < choices->count; j++) {
            const struct plan_choice *choice = &choices->choices[j];
            if (plan_runs(plan->scenarios[i], choice->strategy) &&
                !add_plan_cell(plan, cell_new(request, plan->scenarios[i], choice, error), error))
                return false;
        }
    }
    if (plan->cells_count > 0)
        return true;
    return error_set(error, ERROR_INPUT,
        "nothing to run: none of the scenarios expects anything of the strategies of these subjects");
}

// Each cell has a folder of its own.
static bool check_names(const struct plan *plan, struct error *error)
{
    for (size_t i = 0; i < plan->cells_count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(plan->cells[i]->name, plan->cells[j]->name) == 0)
                return error_set(error, ERROR_INPUT,
                    "two cells are named '%s': one of their files must be renamed", plan->cells[i]->name);
        }
    }
    return true;
}

// A scenario belongs to the plan, not to its cells.
static void drop_cell(struct cell *cell)
{
    cell->scenario = NULL;
    cell_free(cell);
}

struct piece {
    double cost_s;
    size_t cell;
};

static int dearest_first(const void *left, const void *right)
{
    const struct piece *a = left, *b = right;
    if (a->cost_s != b->cost_s)
        return a->cost_s > b->cost_s ? -1 : 1;
    return (a->cell > b->cell) - (a->cell < b->cell);
}

static size_t cheapest_shard(const double *loads, size_t shards)
{
    size_t best = 0;
    for (size_t i = 1; i < shards; i++)
        if (loads[i] < loads[best])
            best = i;
    return best;
}

// Longest processing time first: each cell, the dearest first, to the shard that has least to do.
static void deal(struct piece *pieces, size_t count, double *loads, size_t shards, size_t *shard_of)
{
    qsort(pieces, count, sizeof(*pieces), dearest_first);
    for (size_t i = 0; i < count; i++) {
        size_t shard = cheapest_shard(loads, shards);
        loads[shard] += pieces[i].cost_s;
        shard_of[pieces[i].cell] = shard;
    }
}

static void keep_dealt(struct plan *plan, const size_t *shard_of, size_t shard)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->cells_count; i++) {
        if (shard_of[i] == shard)
            plan->cells[kept++] = plan->cells[i];
        else
            drop_cell(plan->cells[i]);
    }
    plan->cells_count = kept;
}

static bool keep_shard(struct plan *plan, const struct plan_request *request, struct error *error)
{
    const size_t count = plan->cells_count;
    struct piece *pieces = calloc(count + 1, sizeof(*pieces));
    double *loads = calloc(request->shards, sizeof(*loads));
    size_t *shard_of = calloc(count + 1, sizeof(*shard_of));
    const bool room = pieces != NULL && loads != NULL && shard_of != NULL;
    for (size_t i = 0; room && i < count; i++)
        pieces[i] = (struct piece){
            request->cost_s != NULL ? request->cost_s(request->whom, plan->cells[i]) : 1, i};
    if (room) {
        deal(pieces, count, loads, request->shards, shard_of);
        keep_dealt(plan, shard_of, request->shard - 1);
    }
    free(pieces);
    free(loads);
    free(shard_of);
    return room || error_set(error, ERROR_LAB, "out of memory");
}

// By which shards know that they are parts of one plan.
static bool sign_plan(struct plan *plan, struct error *error)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    for (size_t i = 0; file != NULL && i < plan->cells_count; i++)
        fprintf(file, "%s\n", plan->cells[i]->name);
    const bool written = file != NULL && fclose(file) == 0;
    if (written)
        digest_text(text, plan->sha256);
    free(text);
    plan->whole_count = plan->cells_count;
    return written || error_set(error, ERROR_LAB, "out of memory");
}

static bool resolve_cells(const struct plan_request *request, struct plan *plan, struct error *error)
{
    struct plan_choices choices = {0};
    bool good = check_request(request, error) && plan_read_scenarios(request, plan, error) &&
                plan_choose_subjects(request, &choices, error) &&
                plan_add_conninfo(request, plan, &choices, error) &&
                add_cells(plan, request, &choices, error) && check_names(plan, error);
    plan_choices_free(&choices);
    return good && sign_plan(plan, error) && keep_shard(plan, request, error);
}

struct plan *plan_resolve(const struct plan_request *request, struct error *error)
{
    struct plan *plan = calloc(1, sizeof(*plan));
    if (plan == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    if (resolve_cells(request, plan, error))
        return plan;
    plan_free(plan);
    return NULL;
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    for (size_t i = 0; i < plan->cells_count; i++)
        drop_cell(plan->cells[i]);
    for (size_t i = 0; i < plan->scenarios_count; i++)
        scenario_free(plan->scenarios[i]);
    free(plan->cells);
    free(plan->scenarios);
    free(plan);
}
