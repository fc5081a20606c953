// What several faults share in their arguments and options.
#ifndef HANGUP_FAULT_ARGUMENTS_H
#define HANGUP_FAULT_ARGUMENTS_H

#include "fault.h"
#include "trace_flow.h"

enum fault_direction { FAULT_TO_APP = 1, FAULT_TO_DB = 2, FAULT_BOTH = FAULT_TO_APP | FAULT_TO_DB };

// `arguments` of a kind that acts on a direction: to-app, to-db, both.
extern const char *const fault_directions[];

// Zero: none of them.
enum fault_direction fault_direction_of(const char *argument);

// `options` entry of a kind that acts on connections: `connections: all | oldest | newest`.
extern const char *const fault_connections[];
#define FAULT_OPTION_CONNECTIONS                                                                             \
    {                                                                                                        \
        "connections", FAULT_OPTION_WORD, fault_connections, "which of the open connections"                 \
    }

// By index in `flows`: whether the option picks that flow. Closed ones are never picked. The caller frees it;
// NULL: no memory.
bool *fault_pick_flows(const struct fault_spec *spec, const struct trace_flows *flows);

#endif
