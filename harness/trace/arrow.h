// The packets of a cell as arrows of a sequence diagram: each once, with when it entered the router and when
// it left it. Pure.
#ifndef HANGUP_TRACE_ARROW_H
#define HANGUP_TRACE_ARROW_H

#include "trace/connection.h"

#define ARROW_NEVER INT64_MIN

enum arrow_kind {
    ARROW_SYN,
    ARROW_SYN_ACK,
    ARROW_DATA,
    ARROW_FIN,
    ARROW_RST,
    ARROW_PROBE, // a keepalive, and a probe of a closed window
    ARROW_ACK,   // nothing but an acknowledgement
    ARROW_ICMP,
    ARROW_KINDS,
};
extern const char *const arrow_kind_names[ARROW_KINDS];

struct trace_arrow {
    int64_t entered_us, left_us; // on the scenario's clock. Never entered: forged by somebody on the path.
                                 // Never left: swallowed
    size_t entered_frame, left_frame; // their numbers in the capture
    enum arrow_kind kind;
    bool to_db;
    bool again;   // a repetition: its sender has sent these bytes, this SYN or this FIN before
    bool damaged; // other bytes left than entered
    uint16_t app_port;
    uint32_t length; // of its payload
    uint64_t digest; // of the packet
    uint32_t seq;
    uint8_t flags;
};

struct trace_arrows {
    struct trace_arrow *items; // in order of time
    size_t count;
};

// False: ERROR_LAB, no memory; nothing to free.
bool trace_arrows_of(
    const struct atlas_packets *packets, struct trace_arrows *arrows, struct error *error) MUST_CHECK;
void trace_arrows_free(struct trace_arrows *arrows);

// When it was first seen.
int64_t trace_arrow_at_us(const struct trace_arrow *arrow);
bool trace_arrow_is_swallowed(const struct trace_arrow *arrow);

#endif
