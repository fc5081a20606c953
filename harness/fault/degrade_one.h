// Inside the fault degrade: what it does where `connections` names one connection.
#ifndef HANGUP_FAULT_DEGRADE_ONE_H
#define HANGUP_FAULT_DEGRADE_ONE_H

#include "lab/lab.h"
#include "scenario/fault.h"

bool degrade_one_apply(
    struct lab *lab, const struct fault_spec *spec, void **state, struct error *error) MUST_CHECK;
bool degrade_one_revert(struct lab *lab, void *state, struct error *error) MUST_CHECK;
bool degrade_one_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error) MUST_CHECK;

#endif
