// rst: a middlebox resets open connections with a forged RST.
#include "fault/forged.h"
#include "fault/kinds.h"

#include <netinet/tcp.h>

static bool rst_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    return fault_forged_apply(lab, spec, TH_RST, "rst-injected", state, error);
}

const struct fault_behaviour fault_rst = {
    .kind = "rst",
    .apply = rst_apply,
    .revert = fault_forged_revert,
    .count_hits = fault_forged_count_hits,
};
