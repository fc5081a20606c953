// Finds a scenario that shows what a row of the atlas shows.
#include "atlas/diagnose.h"
#include "atlas/event.h"

#include "base/name_list.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static bool same_options(const struct fault_spec *a, const struct fault_spec *b)
{
    if (a->options_count != b->options_count)
        return false;
    for (size_t i = 0; i < a->options_count; i++)
        if (fault_option_number(b, a->options[i].kind->name, -1) != a->options[i].number)
            return false;
    return true;
}

// All faults of the event, in their order, and no other; and the same flow table on the way.
static bool same_faults(const struct scenario *scenario, const struct scenario *event)
{
    const struct flow_table *table = &scenario->network.flow_table, *other = &event->network.flow_table;
    if (network_has_legs(&scenario->network) != network_has_legs(&event->network) ||
        scenario->faults_count != event->faults_count || table->idle_us != other->idle_us ||
        table->then != other->then || table->age_us != other->age_us || table->size != other->size)
        return false;
    for (size_t i = 0; i < event->faults_count; i++) {
        const struct fault_spec *a = &scenario->faults[i], *b = &event->faults[i];
        if (a->kind != b->kind || strcmp(a->argument, b->argument) != 0 || !same_options(a, b))
            return false;
    }
    return true;
}

// An operation of the phase's kind that the fault finds under way; for an idle connection one that comes
// later.
static bool has_phase(const struct scenario *scenario, enum atlas_phase phase)
{
    static const enum operation operations[ATLAS_PHASES] = {[ATLAS_IDLE] = OPERATION_INSERT,
        [ATLAS_WAITING] = OPERATION_WAIT,
        [ATLAS_TRANSACTION] = OPERATION_TRANSACTION,
        [ATLAS_BULK] = OPERATION_BULK,
        [ATLAS_CONNECTING] = OPERATION_CONNECT,
        [ATLAS_RECONNECTING] = OPERATION_CONNECT,
        [ATLAS_AGAIN] = OPERATION_INSERT};
    int64_t event_us = scenario->faults_count > 0 ? scenario->faults[0].at_us
                                                  : scenario->network.flow_table.idle_us;
    for (size_t i = 0; i < scenario->workload_count; i++) {
        const struct workload_item *item = &scenario->workload[i];
        bool later = item->at_us > event_us;
        if (item->operation == operations[phase] && later == (phase == ATLAS_IDLE || phase == ATLAS_AGAIN))
            return true;
    }
    return false;
}

// The command names a pool without any strategy.
static bool expects_of_none(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->expectations_count; i++) {
        const char *strategy = scenario->expectations[i].strategy;
        if (strcmp(strategy, "none") == 0 || strcmp(strategy, "any") == 0)
            return true;
    }
    return false;
}

static bool fits(const char *root, const char *name, const struct scenario *event, enum atlas_phase phase)
{
    char path[PATH_MAX];
    struct error error = {0};
    if (snprintf(path, sizeof(path), "%s/scenarios/%s.yaml", root, name) >= (int)sizeof(path))
        return false;
    struct scenario *scenario = scenario_read(path, &error);
    bool fit = scenario != NULL && !scenario->must_fail && same_faults(scenario, event) &&
               has_phase(scenario, phase) && expects_of_none(scenario);
    scenario_free(scenario);
    return fit;
}

char *diagnose_find_scenario(const char *root, const struct atlas_row *row)
{
    const struct atlas_event *known = atlas_event_by_name(row->event);
    struct name_list names;
    struct error error = {0};
    char *found = NULL;
    if (known == NULL)
        return NULL;
    struct scenario *event = atlas_event_scenario(known, &error);
    if (event == NULL)
        return NULL;
    if (name_list_read(&names, root, "scenarios", 8, &error)) {
        for (size_t i = 0; found == NULL && i < names.count; i++)
            if (fits(root, names.names[i], event, row->phase))
                found = strdup(names.names[i]);
        name_list_free(&names);
    }
    scenario_free(event);
    return found;
}
