// What several faults share in reading their arguments.
#ifndef HANGUP_FAULT_ARGUMENTS_H
#define HANGUP_FAULT_ARGUMENTS_H

#include "fault.h"

enum fault_direction { FAULT_TO_APP = 1, FAULT_TO_DB = 2, FAULT_BOTH = FAULT_TO_APP | FAULT_TO_DB };

// "to-app", "to-db", "both". Zero: none of them.
enum fault_direction fault_direction_of(const char *argument);

// The same as a `validate`.
bool fault_validate_direction(const struct fault_spec *spec, struct error *error) MUST_CHECK;

#endif
