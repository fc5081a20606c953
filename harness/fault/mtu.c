// mtu: a black hole for large packets: a tunnel with a smaller MTU behind a firewall that drops the ICMP
// which would tell of it. What fits goes on as if nothing were wrong.
#include "fault/filter.h"
#include "fault/kinds.h"

#include <inttypes.h>
#include <stdio.h>

static bool mtu_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    char rule[80];
    snprintf(
        rule, sizeof(rule), "meta length > %" PRId64 " counter drop", fault_option_number(spec, "size", 0));
    return fault_filter_apply(lab, spec, fault_direction_of(spec->argument), rule, state, error);
}

const struct fault_behaviour fault_mtu = {
    .kind = "mtu",
    .apply = mtu_apply,
    .revert = fault_filter_revert,
    .count_hits = fault_filter_count_hits,
};
