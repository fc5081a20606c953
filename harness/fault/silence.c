// silence: the path swallows what it is given and tells nobody. A filter rule drops what would cross the
// router.
#include "fault/filter.h"
#include "fault/kinds.h"

static bool silence_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    return fault_filter_apply(lab, spec, fault_direction_of(spec->argument), "counter drop", state, error);
}

const struct fault_behaviour fault_silence = {
    .kind = "silence",
    .apply = silence_apply,
    .revert = fault_filter_revert,
    .count_hits = fault_filter_count_hits,
};
