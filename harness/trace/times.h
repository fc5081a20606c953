// Two moments of a cell that everything else is measured by, read out of its events.
#ifndef HANGUP_TRACE_TIMES_H
#define HANGUP_TRACE_TIMES_H

#include <jansson.h>
#include <stdint.h>

struct trace_times {
    int64_t zero_us; // the scenario's zero (of hangup exec: the program's start) on the lab's wall clock, as
                     // packets are stamped; -1: no event says it
    int64_t over_us; // since zero: the timeline was over, and what follows is the lab's own clean-up;
                     // INT64_MAX: the cell never got there
};

struct trace_times trace_times_of(const json_t *events);

// `over_us` on the packets' clock, in nanoseconds; INT64_MAX: not known.
int64_t trace_times_over_ns(const struct trace_times *times);

#endif
