// fin: a middlebox ends open connections with a forged FIN, in the proper way of TCP, but at one end only.
// Its target takes it for the peer's last word and counts it in all that it acknowledges from then on. The
// peer never sent it: it drops whatever acknowledges more than it has said, data included, and says nothing.
#include "fault/forged.h"
#include "fault/kinds.h"

#include <netinet/tcp.h>

static bool fin_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    return fault_forged_apply(lab, spec, TH_FIN, "fin-injected", state, error);
}

const struct fault_behaviour fault_fin = {
    .kind = "fin",
    .apply = fin_apply,
    .revert = fault_forged_revert,
    .count_hits = fault_forged_count_hits,
};
