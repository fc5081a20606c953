// icmp: the router refuses to forward and says so to the sender. To an established connection an ICMP error
// is soft (RFC 5461): TCP goes on trying, and only the text of its time-out changes.
#include "fault/filter.h"
#include "fault/kinds.h"

#include <stdio.h>

// Who is told: the sender of the packets that travel the other way.
static enum fault_direction refused(enum fault_direction told)
{
    return told == FAULT_BOTH ? FAULT_BOTH : FAULT_BOTH & ~told;
}

static bool icmp_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    char rule[80];
    snprintf(rule, sizeof(rule), "counter reject with icmp type %s",
        fault_option_word(spec, "type", "host-unreachable"));
    return fault_filter_apply(lab, spec, refused(fault_direction_of(spec->argument)), rule, state, error);
}

const struct fault_behaviour fault_icmp = {
    .kind = "icmp",
    .apply = icmp_apply,
    .revert = fault_filter_revert,
    .count_hits = fault_filter_count_hits,
};
