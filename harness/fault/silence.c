// silence: the path swallows what it is given and tells nobody. A filter rule drops what would cross the
// router: everything, or the packets of one connection among healthy ones.
#include "fault/filter.h"
#include "fault/kinds.h"

#include <stdlib.h>
#include <string.h>

// `connections` names one.
static bool silence_one(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    uint16_t port;
    char *name = malloc(FAULT_FILTER_NAME_SIZE);
    if (name == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = name;
    return fault_filter_add_connection(
        lab, fault_filter_name(spec, name), spec, "counter drop", &port, error);
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
