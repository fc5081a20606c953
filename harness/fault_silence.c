// silence: the path swallows what it is given and tells nobody. A filter rule drops what would cross the
// router.
#include "fault_arguments.h"
#include "fault_kinds.h"
#include "lab.h"
#include "lab_filter.h"

#include <stdio.h>
#include <stdlib.h>

struct silence {
    char table[32];
};

static bool apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    enum fault_direction direction = fault_direction_of(spec->argument);
    struct silence *silence = calloc(1, sizeof(*silence));
    if (silence == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = silence;
    snprintf(silence->table, sizeof(silence->table), "silence_%d", (int)(spec - lab->cell->scenario->faults));
    char rules[256];
    snprintf(rules, sizeof(rules), "%s%s", direction & FAULT_TO_DB ? "iifname wan-app counter drop\n" : "",
        direction & FAULT_TO_APP ? "iifname wan-db counter drop\n" : "");
    return lab_filter_add(lab->filter, silence->table, rules, error);
}

static bool revert(struct lab *lab, void *state, struct error *error)
{
    struct silence *silence = state;
    bool removed = lab_filter_remove(lab->filter, silence->table, error);
    free(silence);
    return removed;
}

static bool count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    const struct silence *silence = state;
    return lab_filter_count(lab->filter, silence->table, hits, error);
}

const struct fault_kind fault_silence = {
    .name = "silence",
    .arguments = fault_directions,
    .summary = "the path swallows every packet of that direction, and says nothing",
    .takes_for = true,
    .apply = apply,
    .revert = revert,
    .count_hits = count_hits,
};
