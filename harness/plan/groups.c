// Sorts cells by a text that says how they begin.
#include "plan/groups.h"

#include <stdlib.h>
#include <string.h>

struct beginning {
    char *texts[FORK_LEVELS]; // how it begins, and how it goes on from each stop at which a branch becomes it
    size_t first;             // of the cells that begin so
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

// Leaves what the faults do before `until_us`. The others keep their places.
static void forget_later_faults(json_t *faults, int64_t until_us)
{
    size_t i;
    json_t *fault;
    json_array_foreach(faults, i, fault)
    {
        const int64_t at_us = json_integer_value(json_object_get(fault, "at_us"));
        const json_t *for_us = json_object_get(fault, "for_us");
        if (at_us >= until_us)
            json_array_set_new(faults, i, json_null());
        else if (!json_is_integer(for_us) || at_us + json_integer_value(for_us) >= until_us)
            json_object_del(fault, "for_us");
    }
    while (json_array_size(faults) > 0 && json_is_null(json_array_get(faults, json_array_size(faults) - 1)))
        json_array_remove(faults, json_array_size(faults) - 1);
}

// Leaves what can matter before zero, or before a cell's stop: there is no fault yet. With a level, what can
// before the stop after so many. A key that is not named here does, until somebody knows better.
static void forget_what_comes_later(json_t *json, const struct cell *cell, size_t level)
{
    static const char *const of_cell[] = {"cell", "strategy_class", "differs", NULL};
    static const char *const of_scenario[] = {
        "name", "path", "claim", "must_fail", "best", "reproduces", "run_for_us", "expect", NULL};
    static const char *const after_zero[] = {"workload", NULL};
    json_t *scenario = json_object_get(json, "scenario"), *vias = json_object_get(json, "via");
    if (has_old_server(scenario))
        json_object_set_new(json, "old_server", json_true());
    if (cell->stop == 0)
        forget(scenario, after_zero);
    else if (cell->stop != STOP_EVERYWHERE || cell->via_count > 0)
        json_object_set_new(json, "stop", json_true());
    for (size_t i = json_array_size(vias); i > level; i--)
        json_array_remove(vias, i - 1);
    if (level == 0) {
        json_object_del(json, "via");
        json_object_del(scenario, "faults");
    } else {
        forget_later_faults(json_object_get(scenario, "faults"), cell->via[level - 1].until_us);
        json_object_del(json_array_get(vias, level - 1), "until_us");
    }
    forget(json, of_cell);
    forget(scenario, of_scenario);
}

static char *begins_how(const struct cell *cell, size_t level)
{
    json_t *json = cell_to_json(cell);
    if (scenario_has_once(cell->scenario))
        json_object_set_new(json, "unique_keys", json_true());
    forget_what_comes_later(json, cell, level);
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
    for (size_t level = 0; level < FORK_LEVELS; level++) {
        const int64_t first = cell_stop_at(a->cell, level), second = cell_stop_at(b->cell, level);
        if (first != second)
            return first < second ? -1 : 1;
        const char *one = level + 1 < FORK_LEVELS ? a->texts[level + 1] : NULL,
                   *other = level + 1 < FORK_LEVELS ? b->texts[level + 1] : NULL;
        const int order = one != NULL && other != NULL ? strcmp(one, other) : 0;
        if (order != 0)
            return order;
    }
    return compare_sizes(a->index, b->index);
}

static int by_text(const void *a, const void *b)
{
    const struct beginning *first = a, *second = b;
    int order = strcmp(first->texts[0], second->texts[0]);
    return order != 0 ? order : by_stops(first, second);
}

static int by_first_cell(const void *a, const void *b)
{
    const struct beginning *first = a, *second = b;
    int order = compare_sizes(first->first, second->first);
    return order != 0 ? order : by_stops(first, second);
}

static bool read_beginning(struct beginning *beginning, size_t index, const struct cell *cell)
{
    *beginning = (struct beginning){.index = index, .cell = cell, .alone = cell_levels(cell) == 0};
    for (size_t level = 0; level <= cell->via_count; level++)
        if ((beginning->texts[level] = begins_how(cell, level)) == NULL)
            return false;
    return true;
}

static bool read_beginnings(const struct plan *plan, struct beginning *all)
{
    bool read = true;
    for (size_t i = 0; i < plan->cells_count; i++)
        read = read_beginning(&all[i], i, plan->cells[i]) && read;
    if (!read)
        return false;
    qsort(all, plan->cells_count, sizeof(*all), by_text);
    for (size_t i = 0; i < plan->cells_count; i++)
        all[i].first = i > 0 && strcmp(all[i].texts[0], all[i - 1].texts[0]) == 0 ? all[i - 1].first
                                                                                  : all[i].index;
    qsort(all, plan->cells_count, sizeof(*all), by_first_cell);
    return true;
}

// The stops at which both have become the same.
static size_t shared_stops(const struct beginning *a, const struct beginning *b)
{
    size_t level = 0;
    while (level + 1 < cell_levels(a->cell) && level + 1 < cell_levels(b->cell) &&
           strcmp(a->texts[level + 1], b->texts[level + 1]) == 0)
        level++;
    return level;
}

static void cut_groups(const struct beginning *all, size_t count, size_t most, struct plan_groups *groups)
{
    for (size_t i = 0; i < count; i++) {
        struct plan_group *group = groups->count > 0 ? &groups->groups[groups->count - 1] : NULL;
        if (group == NULL || all[i].first != all[i - 1].first || group->count == most || all[i].alone) {
            group = &groups->groups[groups->count++];
            *group = (struct plan_group){.cells = &groups->cells[i], .shared = &groups->shared[i]};
        }
        groups->cells[i] = all[i].index;
        groups->shared[i] = group->count > 0 && most > 1 ? shared_stops(&all[i - 1], &all[i]) : 0;
        group->count++;
    }
}

static void free_beginnings(struct beginning *all, size_t count)
{
    for (size_t i = 0; all != NULL && i < count; i++)
        for (size_t level = 0; level < FORK_LEVELS; level++)
            free(all[i].texts[level]);
    free(all);
}

bool plan_groups_make(const struct plan *plan, size_t most, struct plan_groups *groups, struct error *error)
{
    const size_t count = plan->cells_count;
    struct beginning *all = calloc(count + 1, sizeof(*all));
    *groups = (struct plan_groups){.cells = calloc(count + 1, sizeof(*groups->cells)),
        .shared = calloc(count + 1, sizeof(*groups->shared)),
        .groups = calloc(count + 1, sizeof(*groups->groups))};
    bool made = all != NULL && groups->cells != NULL && groups->shared != NULL && groups->groups != NULL &&
                (most > 1 ? read_beginnings(plan, all) : true);
    for (size_t i = 0; made && most == 1 && i < count; i++)
        all[i] = (struct beginning){.first = i, .index = i, .cell = plan->cells[i]};
    if (made)
        cut_groups(all, count, most, groups);
    else
        error_set(error, ERROR_LAB, "out of memory");
    free_beginnings(all, count);
    if (!made)
        plan_groups_free(groups);
    return made;
}

void plan_groups_free(struct plan_groups *groups)
{
    free(groups->cells);
    free(groups->shared);
    free(groups->groups);
    *groups = (struct plan_groups){0};
}

size_t plan_group_take(struct plan_group *group)
{
    group->shared++;
    group->count--;
    return *group->cells++;
}

void plan_group_give_back(struct plan_group *group)
{
    group->shared--;
    group->count++;
    group->cells--;
}

size_t plan_group_sharing(const struct plan_group *group, size_t level)
{
    size_t count = 1;
    while (count < group->count && group->shared[count] >= level)
        count++;
    return count;
}
