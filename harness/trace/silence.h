// Silences on the wire: stretches in which the application had sent something and nothing came back. Pure.
#ifndef HANGUP_TRACE_SILENCE_H
#define HANGUP_TRACE_SILENCE_H

#include "trace/connection.h"

#include <jansson.h>

// How many connections were opened: a repeated SYN is not another one.
int64_t exec_count_connections(const struct atlas_packets *packets);

// [{"from_s", "for_s", "port"}] in order of their beginning, those of a second and more. `until_us`: when the
// program had ended. NULL: no memory.
json_t *exec_find_silences(const struct atlas_packets *packets, int64_t until_us);

#endif
