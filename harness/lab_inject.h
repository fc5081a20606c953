// Puts a forged RST on the wire from the router, as a middlebox does.
#ifndef HANGUP_LAB_INJECT_H
#define HANGUP_LAB_INJECT_H

#include "error.h"
#include "trace_flow.h"

// IPv4 and TCP header, without options.
#define LAB_RST_LENGTH 40

enum rst_target { RST_TO_APP, RST_TO_DB };

// Pure: the packet that makes the target's TCP believe that its peer has reset `flow`. Its sequence number is
// the next one that the target expects: Linux ignores or challenges any other (RFC 5961).
void lab_rst_build(
    const struct trace_flow *flow, enum rst_target target, uint8_t packet[static LAB_RST_LENGTH]);

// Sends it from the caller's network namespace; it travels the rest of the path like any packet.
bool lab_rst_send(const struct trace_flow *flow, enum rst_target target, struct error *error) MUST_CHECK;

#endif
