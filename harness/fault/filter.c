// Rules of the packet filter as faults: what they count is what they hit.
#include "fault/filter.h"

#include "fault/pick.h"
#include "lab/flow.h"
#include "net/filter.h"

#include <stdio.h>
#include <stdlib.h>

char *fault_filter_name(const struct fault_spec *spec, char name[static FAULT_FILTER_NAME_SIZE])
{
    snprintf(name, FAULT_FILTER_NAME_SIZE, "%s_%d", spec->kind->name, (int)spec->index);
    return name;
}

// Which packets travel in one direction of a leg. A network with one leg has the application's.
static const char *to_db_of(const struct fault_spec *spec)
{
    return fault_is_behind(spec) ? "oifname wan-db" : "iifname wan-app";
}

static const char *to_app_of(const struct fault_spec *spec)
{
    return fault_is_behind(spec) ? "iifname wan-db" : "oifname wan-app";
}

bool fault_filter_add(struct lab *lab, const char *name, const struct fault_spec *spec,
    enum fault_direction direction, const char *rule, struct error *error)
{
    char rules[512];
    int length = direction & FAULT_TO_DB ? snprintf(rules, sizeof(rules), "%s %s\n", to_db_of(spec), rule)
                                         : 0;
    if (direction & FAULT_TO_APP)
        snprintf(rules + length, sizeof(rules) - (size_t)length, "%s %s\n", to_app_of(spec), rule);
    return lab_filter_add(lab->filter, name, rules, error);
}

// The client's port of the connection that was picked; 0: there is none.
static uint16_t picked_port(struct lab *lab, const bool *picked)
{
    for (size_t i = 0; i < trace_flows_count(lab->flows); i++)
        if (picked[i])
            return trace_flows_at(lab->flows, i)->client_port;
    return 0;
}

// A port that nobody has matches nothing.
bool fault_filter_add_connection(struct lab *lab, const char *name, const struct fault_spec *spec,
    const char *rule, uint16_t *port, struct error *error)
{
    char rules[512];
    const enum fault_direction direction = fault_direction_of(spec->argument);
    bool *picked = fault_pick_flows(spec, lab->flows), to_db = direction & FAULT_TO_DB;
    if (picked == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *port = picked_port(lab, picked);
    free(picked);
    int length = to_db ? snprintf(rules, sizeof(rules), "%s tcp sport %u %s\n", to_db_of(spec), *port, rule)
                       : 0;
    if (direction & FAULT_TO_APP)
        snprintf(rules + length, sizeof(rules) - (size_t)length, "%s tcp dport %u %s\n", to_app_of(spec),
            *port, rule);
    return lab_filter_add(lab->filter, name, rules, error);
}

bool fault_filter_apply(struct lab *lab, const struct fault_spec *spec, enum fault_direction direction,
    const char *rule, void **state, struct error *error)
{
    char *name = malloc(FAULT_FILTER_NAME_SIZE);
    if (name == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = name;
    return fault_filter_add(lab, fault_filter_name(spec, name), spec, direction, rule, error);
}

bool fault_filter_revert(struct lab *lab, void *state, struct error *error)
{
    bool removed = lab_filter_remove(lab->filter, state, error);
    free(state);
    return removed;
}

bool fault_filter_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    return lab_filter_count(lab->filter, state, hits, error);
}
