// Made of the resolved form, which has everything.
#include "sweep/cells.h"

#include "base/duration.h"

#include <stdio.h>
#include <stdlib.h>

static struct cell *make_cell(const struct cell *cell, const char *suffix, json_t *json, struct error *error)
{
    char *name = NULL;
    bool named = asprintf(&name, "%s--%s", cell->name, suffix) >= 0;
    if (!named || json == NULL || json_object_set_new(json, "cell", json_string(name)) != 0 ||
        json_object_set_new(json_object_get(json, "scenario"), "expect", json_array()) != 0) {
        error_set(error, ERROR_LAB, "out of memory");
        if (named)
            free(name);
        return NULL;
    }
    free(name);
    return cell_from_json(json, error);
}

struct cell *sweep_undisturbed(const struct cell *cell, int64_t stop, struct error *error)
{
    json_t *json = cell_to_json(cell);
    if (stop != 0)
        json_object_set_new(json, "stop", json_integer(stop));
    json_object_set_new(json_object_get(json, "scenario"), "faults", json_array());
    struct cell *made = make_cell(cell, "undisturbed", json, error);
    json_decref(json);
    return made;
}

static void move_faults(json_t *scenario, int64_t by_us)
{
    size_t index;
    json_t *fault;
    json_array_foreach(json_object_get(scenario, "faults"), index, fault)
    {
        int64_t at_us = json_integer_value(json_object_get(fault, "at_us"));
        json_object_set_new(fault, "at_us", json_integer(at_us + by_us));
    }
}

// What has no end but the program's ends no later.
static int64_t end_later(const struct scenario *scenario, int64_t by_us)
{
    const int64_t room_us = DURATION_MAX_US - scenario->run_for_us;
    return scenario->run_for_us + (by_us < room_us ? by_us : room_us);
}

struct cell *sweep_moved(const struct cell *cell, const struct sweep_point *point, struct error *error)
{
    char suffix[32];
    json_t *json = cell_to_json(cell), *scenario = json_object_get(json, "scenario");
    const int64_t by_us = point->at_us - cell->scenario->faults[0].at_us;
    if (point->stop != 0)
        json_object_set_new(json, "stop", json_integer(point->stop));
    move_faults(scenario, by_us);
    if (by_us > 0)
        json_object_set_new(scenario, "run_for_us", json_integer(end_later(cell->scenario, by_us)));
    snprintf(suffix, sizeof(suffix), "%04zu", point->number);
    struct cell *made = make_cell(cell, suffix, json, error);
    json_decref(json);
    return made;
}
