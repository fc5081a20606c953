// A fault asked for from inside the lab (`hangup fault`, hangup_pytest.py): the same words as a scenario's,
// read by the same reader, to happen at once. Pure.
#ifndef HANGUP_SCENARIO_FAULT_REQUEST_H
#define HANGUP_SCENARIO_FAULT_REQUEST_H

#include "base/error.h"
#include "scenario/fault.h"

#include <jansson.h>

// `request`: {"kind": "silence", "argument": "both", "options": {"for": "30s"}}, all values texts. Without an
// argument (or null) it is `both`, or the only one there is. `spec` owns its options: fault_request_free. The
// error is without a place, because there is no file.
bool fault_request_read(const json_t *request, struct fault_spec *spec, struct error *error) MUST_CHECK;
void fault_request_free(struct fault_spec *spec);

// "silence both for 30s". The caller frees it; NULL: no memory.
char *fault_request_describe(const struct fault_spec *spec);

#endif
