// Puts forged segments on the wire from the router, as a middlebox does.
#ifndef HANGUP_LAB_INJECT_H
#define HANGUP_LAB_INJECT_H

#include "base/error.h"
#include "lab/flow.h"
#include "lab/lab.h"

// IPv4 and TCP header, without options.
#define LAB_FORGED_LENGTH 40

struct lab_forged {
    bool to_app;   // otherwise to db
    uint8_t flags; // TH_RST or TH_FIN, with TH_ACK
    uint32_t seq;  // the next one that the target expects: Linux ignores or challenges any other (RFC 5961)
};

// Pure: the packet that the target's TCP takes for one of its peer's. It acknowledges and offers what the
// peer did last, so that nothing but the flags is new to the target.
void lab_forged_build(
    const struct trace_flow *flow, const struct lab_forged *forged, uint8_t packet[static LAB_FORGED_LENGTH]);

// Sends `flags` at the exact number, which is left in `seq`: that of the moment at which it arrives, behind
// what waits in the router now. It travels the rest of the path like any packet. The capture must have been
// drained.
bool lab_forged_send(struct lab *lab, const struct trace_flow *flow, bool to_app, uint8_t flags,
    uint32_t *seq, struct error *error) MUST_CHECK;

// Sends a packet of `length` bytes that begins with its IPv4 header.
bool lab_packet_send(const uint8_t *packet, size_t length, struct error *error) MUST_CHECK;

#endif
