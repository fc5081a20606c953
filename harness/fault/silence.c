// silence: the path swallows what it is given and tells nobody. A filter rule drops what would cross the
// router: everything, or the packets of one connection among healthy ones.
#include "fault/filter.h"
#include "fault/kinds.h"
#include "fault/pick.h"
#include "lab/flow.h"
#include "net/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The client's port of the connection that was picked; 0: there is none.
static uint16_t picked_port(struct lab *lab, const bool *picked)
{
    for (size_t i = 0; i < trace_flows_count(lab->flows); i++)
        if (picked[i])
            return trace_flows_at(lab->flows, i)->client_port;
    return 0;
}

// `connections` names one. A port that nobody has matches nothing: then there was no connection to hit.
static bool silence_one(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    bool *picked = fault_pick_flows(spec, lab->flows);
    char *name = malloc(FAULT_FILTER_NAME_SIZE), rules[256];
    enum fault_direction direction = fault_direction_of(spec->argument);
    int length = 0;
    *state = name;
    if (picked == NULL || name == NULL) {
        free(picked);
        return error_set(error, ERROR_LAB, "out of memory");
    }
    unsigned port = picked_port(lab, picked);
    free(picked);
    if (direction & FAULT_TO_DB)
        length = snprintf(rules, sizeof(rules), "iifname wan-app tcp sport %u counter drop\n", port);
    if (direction & FAULT_TO_APP)
        snprintf(rules + length, sizeof(rules) - (size_t)length, "iifname wan-db tcp dport %u counter drop\n",
            port);
    return lab_filter_add(lab->filter, fault_filter_name(spec, name), rules, error);
}

static bool silence_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    if (strcmp(fault_option_word(spec, "connections", "all"), "all") != 0)
        return silence_one(lab, spec, state, error);
    return fault_filter_apply(lab, spec, fault_direction_of(spec->argument), "counter drop", state, error);
}

const struct fault_behaviour fault_silence = {
    .kind = "silence",
    .apply = silence_apply,
    .revert = fault_filter_revert,
    .count_hits = fault_filter_count_hits,
};
