// What rst and fin share: a forged segment for each picked connection, at once or behind a packet of its own.
#ifndef HANGUP_FAULT_FORGED_H
#define HANGUP_FAULT_FORGED_H

#include "lab/lab.h"
#include "scenario/fault.h"

#include <stdint.h>

// `flags` of the segment (TH_RST or TH_FIN); `event` is written for each one.
bool fault_forged_apply(struct lab *lab, const struct fault_spec *spec, uint8_t flags, const char *event,
    void **state, struct error *error) MUST_CHECK;
bool fault_forged_revert(struct lab *lab, void *state, struct error *error) MUST_CHECK;

// Segments that the capture saw leave the router.
bool fault_forged_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error) MUST_CHECK;

#endif
