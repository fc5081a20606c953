// The TCP connections that cross the router and where each stands in its sequence: an RST counts only at the
// exact number.
#ifndef HANGUP_TRACE_FLOW_H
#define HANGUP_TRACE_FLOW_H

#include "trace_packet.h"

#include <stddef.h>

struct trace_flow {
    uint32_t client_address, server_address;
    uint16_t client_port, server_port;
    uint32_t client_next, server_next; // the next sequence number each side will send
    bool client_seen, server_seen;
    bool closed; // a FIN or an RST has passed
};

struct trace_flows;

// `server_port` tells the two sides of a connection apart.
struct trace_flows *trace_flows_new(uint16_t server_port);
void trace_flows_free(struct trace_flows *flows);

// Takes in a packet that enters the router. The flow it belongs to, valid until the next call; NULL: none of
// ours, or no memory.
struct trace_flow *trace_flows_follow(struct trace_flows *flows, const struct trace_packet *packet);

size_t trace_flows_count(const struct trace_flows *flows);
const struct trace_flow *trace_flows_at(const struct trace_flows *flows, size_t index);
size_t trace_flows_index(const struct trace_flows *flows, const struct trace_flow *flow);

#endif
