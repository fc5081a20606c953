// Sorts cells by a text that says how they begin.
#include "plan/groups.h"

#include <stdlib.h>
#include <string.h>

struct beginning {
    char *text;
    size_t first; // of the cells that begin so
    size_t index;
    bool alone; // no branch becomes it
    const struct cell *cell;
};

static void forget(json_t *json, const char *const *keys)
{
    for (; *keys != NULL; keys++)
        json_object_del(json, *keys);
}

// A server that is to live on after a failover starts with an address of its own.
static bool has_old_server(const json_t *scenario)
{
    size_t i;
    json_t *fault;
    json_array_foreach(json_object_get(scenario, "faults"), i, fault)
    {
        if (json_object_get(json_object_get(fault, "options"), "old") != NULL)
            return true;
    }
    return false;
}

// Leaves what can matter before zero, or before a cell's stop: there is no fault yet. A key that is not
// named here does, until somebody knows better.
static void forget_what_comes_later(json_t *cell)
{
    static const char *const of_cell[] = {"cell", "strategy_class", "differs", NULL};
    static const char *const of_scenario[] = {
        "name", "path", "claim", "must_fail", "best", "reproduces", "faults", "run_for_us", "expect", NULL};
    static const char *const after_zero[] = {"workload", NULL};
    json_t *scenario = json_object_get(cell, "scenario"), *stop = json_object_get(cell, "stop");
    if (has_old_server(scenario))
        json_object_set_new(cell, "old_server", json_true());
    if (stop == NULL)
        forget(scenario, after_zero);
    else if (json_integer_value(stop) != STOP_EVERYWHERE)
        json_object_set_new(cell, "stop", json_true());
    forget(cell, of_cell);
    forget(scenario, of_scenario);
}

static char *begins_how(const struct cell *cell)
{
    json_t *json = cell_to_json(cell);
    if (scenario_has_once(cell->scenario))
        json_object_set_new(json, "unique_keys", json_true());
    forget_what_comes_later(json);
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(json);
    return text;
}

static int compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

// A trunk comes to the stop of one after that of another.
static int by_stops(const struct beginning *a, const struct beginning *b)
{
    if (a->cell->stop != b->cell->stop)
        return a->cell->stop < b->cell->stop ? -1 : 1;
    return compare_sizes(a->index, b->index);
}

static int by_text(const void *a, const void *b)
{
    const struct beginning *first = a, *second = b;
    int order = strcmp(first->text, second->text);
    return order != 0 ? order : by_stops(first, second);
}

static int by_first_cell(const void *a, const void *b)
{
    const struct beginning *first = a, *second = b;
    int order = compare_sizes(first->first, second->first);
    return order != 0 ? order : by_stops(first, second);
}

static bool read_beginnings(const struct plan *plan, struct beginning *all)
{
    bool read = true;
    for (size_t i = 0; i < plan->cells_count; i++) {
        all[i] = (struct beginning){.text = begins_how(plan->cells[i]), .index = i, .cell = plan->cells[i]};
        all[i].alone = plan->cells[i]->stop == STOP_EVERYWHERE;
        read = read && all[i].text != NULL;
    }
    if (!read)
        return false;
    qsort(all, plan->cells_count, sizeof(*all), by_text);
    for (size_t i = 0; i < plan->cells_count; i++)
        all[i].first = i > 0 && strcmp(all[i].text, all[i - 1].text) == 0 ? all[i - 1].first : all[i].index;
    qsort(all, plan->cells_count, sizeof(*all), by_first_cell);
    return true;
}

static void cut_groups(const struct beginning *all, size_t count, size_t most, struct plan_groups *groups)
{
    for (size_t i = 0; i < count; i++) {
        struct plan_group *group = groups->count > 0 ? &groups->groups[groups->count - 1] : NULL;
        if (group == NULL || all[i].first != all[i - 1].first || group->count == most || all[i].alone) {
            group = &groups->groups[groups->count++];
            *group = (struct plan_group){.cells = &groups->cells[i]};
        }
        groups->cells[i] = all[i].index;
        group->count++;
    }
}

bool plan_groups_make(const struct plan *plan, size_t most, struct plan_groups *groups, struct error *error)
{
    const size_t count = plan->cells_count;
    struct beginning *all = calloc(count + 1, sizeof(*all));
    *groups = (struct plan_groups){.cells = calloc(count + 1, sizeof(*groups->cells)),
        .groups = calloc(count + 1, sizeof(*groups->groups))};
    bool made = all != NULL && groups->cells != NULL && groups->groups != NULL &&
                (most > 1 ? read_beginnings(plan, all) : true);
    for (size_t i = 0; made && most == 1 && i < count; i++)
        all[i] = (struct beginning){.first = i, .index = i, .cell = plan->cells[i]};
    if (made)
        cut_groups(all, count, most, groups);
    else
        error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; all != NULL && i < count; i++)
        free(all[i].text);
    free(all);
    if (!made)
        plan_groups_free(groups);
    return made;
}

void plan_groups_free(struct plan_groups *groups)
{
    free(groups->cells);
    free(groups->groups);
    *groups = (struct plan_groups){0};
}
