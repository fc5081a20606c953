// silence: the path swallows what it is given and tells nobody. A filter rule drops what would cross the
// router.
#include "fault_filter.h"
#include "fault_kinds.h"

static bool apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    return fault_filter_apply(lab, spec, fault_direction_of(spec->argument), "counter drop", state, error);
}

const struct fault_kind fault_silence = {
    .name = "silence",
    .arguments = fault_directions,
    .summary = "the path swallows every packet of that direction, and says nothing",
    .takes_for = true,
    .apply = apply,
    .revert = fault_filter_revert,
    .count_hits = fault_filter_count_hits,
};
