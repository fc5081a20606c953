// Made of the resolved form, which has everything.
#include "sweep/cells.h"

#include "base/duration.h"
#include "sweep/steps.h"

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

static json_t *fault_of_step(json_t *scenario, const struct timeline_entry *step)
{
    return json_array_get(json_object_get(scenario, "faults"), step->index);
}

// What begins with the step of that number is not there at all, and what it would end stays. The last fault
// first: the others keep their places.
static void leave_out_steps(json_t *scenario, const struct timeline *steps, size_t from, size_t faults)
{
    bool *absent = calloc(faults + 1, sizeof(*absent));
    for (size_t i = from; absent != NULL && i < steps->count; i++)
        if (steps->entries[i].kind == TIMELINE_APPLY)
            absent[steps->entries[i].index] = true;
        else
            json_object_set_new(fault_of_step(scenario, &steps->entries[i]), "for_us", json_null());
    for (size_t i = faults; absent != NULL && i > 0; i--)
        if (absent[i - 1])
            json_array_remove(json_object_get(scenario, "faults"), i - 1);
    free(absent);
}

// The cell has become what it is at its stop, and the rest at another one.
static void go_on_from(json_t *json, const struct cell *cell, int64_t until_us, int64_t stop)
{
    json_t *vias = json_object_get(json, "via");
    if (cell->stop > 0 && vias == NULL)
        json_object_set_new(json, "via", vias = json_array());
    if (cell->stop > 0)
        json_array_append_new(
            vias, json_pack("{s:I, s:I}", "stop", (json_int_t)cell->stop, "until_us", (json_int_t)until_us));
    if (stop != 0)
        json_object_set_new(json, "stop", json_integer(stop));
}

struct cell *sweep_undisturbed(const struct cell *cell, int64_t stop, struct error *error)
{
    struct timeline steps;
    if (!sweep_steps_of(cell->scenario, &steps)) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    json_t *json = cell_to_json(cell);
    leave_out_steps(
        json_object_get(json, "scenario"), &steps, sweep_steps_placed(cell), cell->scenario->faults_count);
    go_on_from(json, cell, cell->scenario->run_for_us, stop);
    struct cell *made = make_cell(cell, "undisturbed", json, error);
    json_decref(json);
    timeline_free(&steps);
    return made;
}

static void add_to(json_t *object, const char *key, int64_t by_us)
{
    json_object_set_new(object, key, json_integer(json_integer_value(json_object_get(object, key)) + by_us));
}

// Moves the steps from that number on.
static void move_steps(json_t *scenario, const struct timeline *steps, size_t from, int64_t by_us)
{
    for (size_t i = from; i < steps->count; i++)
        if (steps->entries[i].kind == TIMELINE_APPLY)
            add_to(fault_of_step(scenario, &steps->entries[i]), "at_us", by_us);
    // What is reverted has been applied as much later already, unless that has its place.
    for (size_t i = from; i < steps->count; i++) {
        bool moved = false;
        for (size_t j = from; j < i; j++)
            moved |= steps->entries[j].kind == TIMELINE_APPLY &&
                     steps->entries[j].index == steps->entries[i].index;
        if (steps->entries[i].kind == TIMELINE_REVERT && !moved)
            add_to(fault_of_step(scenario, &steps->entries[i]), "for_us", by_us);
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
    struct timeline steps;
    const size_t placed = sweep_steps_placed(cell);
    if (!sweep_steps_of(cell->scenario, &steps)) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    const int64_t by_us = placed < steps.count ? point->at_us - steps.entries[placed].at_us : 0;
    json_t *json = cell_to_json(cell), *scenario = json_object_get(json, "scenario");
    move_steps(scenario, &steps, placed, by_us);
    go_on_from(json, cell, point->at_us, point->stop);
    if (by_us > 0)
        json_object_set_new(scenario, "run_for_us", json_integer(end_later(cell->scenario, by_us)));
    snprintf(suffix, sizeof(suffix), "%04zu", point->number);
    struct cell *made = make_cell(cell, suffix, json, error);
    json_decref(json);
    timeline_free(&steps);
    return made;
}
