// What the faults have in common that are rules of the router's packet filter, each in a table of its own.
#ifndef HANGUP_FAULT_FILTER_H
#define HANGUP_FAULT_FILTER_H

#include "lab/lab.h"
#include "scenario/fault.h"

#define FAULT_FILTER_NAME_SIZE 32

// "silence_0": by kind and place in the scenario. Returns `name`.
char *fault_filter_name(const struct fault_spec *spec, char name[static FAULT_FILTER_NAME_SIZE]);

// Adds the table `name`: `rule` for the packets that travel in that direction of the fault's leg.
bool fault_filter_add(struct lab *lab, const char *name, const struct fault_spec *spec,
    enum fault_direction direction, const char *rule, struct error *error) MUST_CHECK;

// The same for the packets of the one open connection that `connections` names. Where there is none the rule
// meets nothing. `port`: the application's, 0 then.
bool fault_filter_add_connection(struct lab *lab, const char *name, const struct fault_spec *spec,
    const char *rule, uint16_t *port, struct error *error) MUST_CHECK;

// The whole of a fault that is one rule: what `apply` calls, and the two others of its kind.
bool fault_filter_apply(struct lab *lab, const struct fault_spec *spec, enum fault_direction direction,
    const char *rule, void **state, struct error *error) MUST_CHECK;
bool fault_filter_revert(struct lab *lab, void *state, struct error *error) MUST_CHECK;
bool fault_filter_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error) MUST_CHECK;

#endif
