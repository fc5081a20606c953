// mtu: a black hole for large packets: a tunnel with a smaller MTU behind a firewall that drops the ICMP
// which would tell of it. What fits goes on as if nothing were wrong.
#include "fault_filter.h"
#include "fault_kinds.h"

#include <inttypes.h>
#include <stdio.h>

#define SMALLEST_BYTES 68 // RFC 791: every module must be able to forward so much

static bool validate(const struct fault_spec *spec, struct error *error)
{
    if (fault_option_number(spec, "size", 0) >= SMALLEST_BYTES)
        return true;
    return error_set(
        error, ERROR_INPUT, "mtu needs a size of %db or more: larger packets vanish", SMALLEST_BYTES);
}

static bool apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    char rule[80];
    snprintf(
        rule, sizeof(rule), "meta length > %" PRId64 " counter drop", fault_option_number(spec, "size", 0));
    return fault_filter_apply(lab, spec, fault_direction_of(spec->argument), rule, state, error);
}

static const struct fault_option_kind options[] = {
    {"size", FAULT_OPTION_SIZE, NULL, "the largest IP packet that still passes; required"},
    {.name = NULL},
};

const struct fault_kind fault_mtu = {
    .name = "mtu",
    .arguments = fault_directions,
    .summary = "large packets vanish, and no ICMP says so: an MTU black hole",
    .takes_for = true,
    .options = options,
    .validate = validate,
    .apply = apply,
    .revert = fault_filter_revert,
    .count_hits = fault_filter_count_hits,
};
