// fin: a middlebox ends open connections with a forged FIN, in the proper way of TCP, but at one end only.
// Its target takes it for the peer's last word and counts it in all that it acknowledges from then on. The
// peer never sent it: it drops whatever acknowledges more than it has said, data included, and says nothing.
#include "fault_arguments.h"
#include "fault_forged.h"
#include "fault_kinds.h"

#include <netinet/tcp.h>

static bool apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    return fault_forged_apply(lab, spec, TH_FIN, "fin-injected", state, error);
}

const struct fault_kind fault_fin = {
    .name = "fin",
    .arguments = fault_directions,
    .summary = "a forged FIN, at the exact sequence number, ends the open connections at that end",
    .options = fault_forged_options,
    .validate = fault_forged_validate,
    .apply = apply,
    .revert = fault_forged_revert,
    .count_hits = fault_forged_count_hits,
};
