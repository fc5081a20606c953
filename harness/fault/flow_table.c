// flow_table: the router forgets every connection at once: a NAT gateway that restarts, a director that fails
// over to another without its connections.
#include "lab/flow_table.h"
#include "fault/kinds.h"
#include "lab/lab.h"

#include <stdlib.h>

static bool flow_table_apply(
    struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    (void)spec;
    int64_t *forgotten = calloc(1, sizeof(*forgotten));
    if (forgotten == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = forgotten;
    return lab_flow_table_flush(lab, forgotten, error);
}

static bool flow_table_revert(struct lab *lab, void *state, struct error *error)
{
    (void)lab, (void)error;
    free(state); // what is forgotten stays forgotten
    return true;
}

static bool flow_table_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    (void)lab, (void)error;
    *hits = *(const int64_t *)state;
    return true;
}

const struct fault_behaviour fault_flow_table = {
    .kind = "flow_table",
    .apply = flow_table_apply,
    .revert = flow_table_revert,
    .count_hits = flow_table_count_hits,
};
