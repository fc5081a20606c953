// The choice of connections: `connections: all | oldest | newest`.
#ifndef HANGUP_FAULT_PICK_H
#define HANGUP_FAULT_PICK_H

#include "lab/flow.h"
#include "scenario/fault.h"

// Whether it is about the leg from a proxy or pooler to the server, and not about the application's.
bool fault_is_behind(const struct fault_spec *spec);

// By index in `flows`: whether the option picks that flow, of the leg that the fault is about. Closed ones
// are never picked. The caller frees it; NULL: no memory.
bool *fault_pick_flows(const struct fault_spec *spec, const struct trace_flows *flows);

#endif
