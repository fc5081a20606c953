// What the packets of a cell say: the messages inside TLS, read with the keys that the lab's server keeps.
#ifndef HANGUP_TRACE_SAID_H
#define HANGUP_TRACE_SAID_H

#include "base/folder.h"
#include "trace/arrow.h"

// The messages of one packet.
struct said {
    uint16_t app_port;
    bool to_db;
    uint32_t seq; // of the packet in which they begin
    char *words;  // "`COMMIT`"; owned
};

struct said_list {
    struct said *items; // sorted
    size_t count;
};

// Of a capture without keys, or of another TLS than 1.3, the list is empty or ends early; what it has is
// right. False: ERROR_LAB; nothing to free.
bool said_read_in(const struct folder *folder, struct said_list *list, struct error *error) MUST_CHECK;
void said_free(struct said_list *list);

// What an arrow says, also where it repeats what was said before. NULL: it is not known.
const char *said_by(const struct said_list *list, const struct trace_arrow *arrow);

#endif
