#include "result/cost.h"

#include "result/baseline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNKNOWN_S 1.0

static void add_cost(json_t *sums, double cost_s)
{
    json_array_set_new(sums, 0, json_real(json_number_value(json_array_get(sums, 0)) + cost_s));
    json_array_set_new(sums, 1, json_real(json_number_value(json_array_get(sums, 1)) + 1));
}

static void add_cost_of(json_t *by_name, const char *name, size_t length, double cost_s)
{
    char *key = strndup(name, length);
    json_t *sums = key != NULL ? json_object_get(by_name, key) : NULL;
    if (key != NULL && sums == NULL) {
        json_object_set_new(by_name, key, json_pack("[f, f]", 0.0, 0.0));
        sums = json_object_get(by_name, key);
    }
    if (sums != NULL)
        add_cost(sums, cost_s);
    free(key);
}

bool cost_table_open(struct cost_table *table, const char *path, struct error *error)
{
    const char *key;
    json_t *cell;
    *table = (struct cost_table){0};
    if (access(path, F_OK) != 0)
        return true;
    table->baseline = baseline_read(path, error);
    if (table->baseline == NULL)
        return false;
    table->scenarios = json_object();
    table->subjects = json_object();
    table->all = json_pack("[f, f]", 0.0, 0.0);
    json_object_foreach(json_object_get(table->baseline, "cells"), key, cell)
    {
        const json_t *cost = json_object_get(cell, BASELINE_COST);
        const char *subject = strchr(key, ' '), *seed = strrchr(key, ' ');
        if (!json_is_number(cost) || subject == NULL || seed <= subject)
            continue;
        add_cost(table->all, json_number_value(cost));
        add_cost_of(table->scenarios, key, (size_t)(subject - key), json_number_value(cost));
        add_cost_of(table->subjects, subject + 1, (size_t)(seed - subject - 1), json_number_value(cost));
    }
    return true;
}

void cost_table_close(struct cost_table *table)
{
    json_decref(table->baseline);
    json_decref(table->scenarios);
    json_decref(table->subjects);
    json_decref(table->all);
    *table = (struct cost_table){0};
}

bool cost_table_is_empty(const struct cost_table *table)
{
    return json_object_size(table->scenarios) == 0;
}

// 0: nothing is recorded.
static double mean_of(const json_t *sums)
{
    const double count = json_number_value(json_array_get(sums, 1));
    return count > 0 ? json_number_value(json_array_get(sums, 0)) / count : 0;
}

static double estimate(const struct cost_table *table, const char *scenario, const char *subject)
{
    const double all = mean_of(table->all),
                 of_scenario = mean_of(json_object_get(table->scenarios, scenario)),
                 of_subject = mean_of(json_object_get(table->subjects, subject));
    if (of_scenario > 0 && of_subject > 0)
        return of_scenario * of_subject / all;
    if (of_scenario > 0 || of_subject > 0)
        return of_scenario > 0 ? of_scenario : of_subject;
    return all > 0 ? all : UNKNOWN_S;
}

double cost_table_s(const struct cost_table *table, const char *scenario, const char *subject, uint64_t seed)
{
    char *key;
    if (asprintf(&key, "%s %s %" PRIu64, scenario, subject, seed) < 0)
        return UNKNOWN_S;
    const json_t *cell = json_object_get(json_object_get(table->baseline, "cells"), key);
    const double recorded = json_number_value(json_object_get(cell, BASELINE_COST));
    free(key);
    return recorded > 0 ? recorded : estimate(table, scenario, subject);
}
