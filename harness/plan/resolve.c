// The plan: every scenario with every subject's strategy that it expects something of.
#include "base/array.h"
#include "plan/internal.h"

#include <inttypes.h>
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

// Keeps every N-th cell, so that long scenarios are spread over the shards.
static void keep_shard(struct plan *plan, unsigned shard, unsigned shards)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->cells_count; i++) {
        if (i % shards == shard - 1)
            plan->cells[kept++] = plan->cells[i];
        else
            drop_cell(plan->cells[i]);
    }
    plan->cells_count = kept;
}

static bool resolve_cells(const struct plan_request *request, struct plan *plan, struct error *error)
{
    struct plan_choices choices = {0};
    bool good = check_request(request, error) && plan_read_scenarios(request, plan, error) &&
                plan_choose_subjects(request, &choices, error) && add_cells(plan, request, &choices, error) &&
                check_names(plan, error);
    plan_choices_free(&choices);
    if (good)
        keep_shard(plan, request->shard, request->shards);
    return good;
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
