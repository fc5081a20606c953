// flap: the path is silent, works, is silent again: a link that loses its carrier, a route that comes and
// goes.
#include "fault/filter.h"
#include "fault/kinds.h"
#include "lab/alarm.h"
#include "net/filter.h"

#include <stdlib.h>

struct flap {
    const struct fault_spec *spec;
    char table[FAULT_FILTER_NAME_SIZE];
    bool down;
    int64_t swallowed; // in the silences that are over
    struct lab_alarm alarm;
};

static bool go_down(struct lab *lab, struct flap *flap, struct error *error)
{
    const enum fault_direction direction = fault_direction_of(flap->spec->argument);
    if (!fault_filter_add(lab, flap->table, flap->spec, direction, "counter drop", error))
        return false;
    flap->down = true;
    return true;
}

static bool go_up(struct lab *lab, struct flap *flap, struct error *error)
{
    int64_t swallowed;
    if (!lab_filter_count(lab->filter, flap->table, &swallowed, error) ||
        !lab_filter_remove(lab->filter, flap->table, error))
        return false;
    flap->down = false;
    flap->swallowed += swallowed;
    return true;
}

static void turn(struct lab *lab, void *context)
{
    struct flap *flap = context;
    const json_int_t index = (json_int_t)flap->spec->index;
    struct error error = {0};
    // The event first: the change begins no later than its first effect.
    lab_event(lab, "path", json_pack("{s:I, s:s}", "fault", index, "state", flap->down ? "up" : "down"));
    if (!(flap->down ? go_up(lab, flap, &error) : go_down(lab, flap, &error))) {
        lab_event(lab, "fault-failed", json_pack("{s:I, s:s}", "fault", index, "error", error.text));
        return;
    }
    flap->alarm.at_us += fault_option_number(flap->spec, flap->down ? "down" : "up", 0);
    lab_alarm_set(lab, &flap->alarm);
}

static bool flap_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct flap *flap = calloc(1, sizeof(*flap));
    if (flap == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = flap;
    flap->spec = spec;
    fault_filter_name(spec, flap->table);
    flap->alarm = (struct lab_alarm){.at_us = spec->at_us, .ring = turn, .context = flap};
    turn(lab, flap);
    return true;
}

static bool flap_revert(struct lab *lab, void *state, struct error *error)
{
    struct flap *flap = state;
    lab_alarm_clear(lab, &flap->alarm);
    bool healed = !flap->down || lab_filter_remove(lab->filter, flap->table, error);
    free(flap);
    return healed;
}

static bool flap_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    const struct flap *flap = state;
    int64_t now = 0;
    if (flap->down && !lab_filter_count(lab->filter, flap->table, &now, error))
        return false;
    *hits = flap->swallowed + now;
    return true;
}

const struct fault_behaviour fault_flap = {
    .kind = "flap",
    .apply = flap_apply,
    .revert = flap_revert,
    .count_hits = flap_count_hits,
};
