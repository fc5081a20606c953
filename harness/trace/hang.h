// Hangs on the wire: stretches in which the application waited for an answer, or for a connection. A server
// that is frozen acknowledges what it is sent all the same, so that only what it says is an answer. Pure.
#ifndef HANGUP_TRACE_HANG_H
#define HANGUP_TRACE_HANG_H

#include "trace/connection.h"

#include <jansson.h>

// {"count": those of a second and more, "longest": {"from_s", "for_s", "connection": 1 is the first that was
//  opened, "port": its client's, "waited_for": "answer" | "connection", "acknowledged": what was sent,
//  "end": "answer" | "reset" | "closed" (by the client) | "program" (had ended)} | null}.
// `until_us`: when the program had ended. NULL: no memory.
json_t *trace_find_hangs(const struct atlas_packets *packets, int64_t until_us);

#endif
