// The TCP connections that cross the router and where each stands in its sequence: a forged packet counts
// only at the exact number.
#ifndef HANGUP_LAB_FLOW_H
#define HANGUP_LAB_FLOW_H

#include "trace/packet.h"

#include <stddef.h>

struct trace_flow {
    uint32_t client_address, server_address;
    uint16_t client_port, server_port;
    uint32_t client_next, server_next; // the next sequence number each side will send
    uint32_t client_left,
        server_left; // the same of what has left the router: what was swallowed does not count
    uint32_t client_ack, server_ack;       // what each side has acknowledged last
    uint16_t client_window, server_window; // and offered, as in the packet
    int64_t packets, data_packets; // that entered the router, in both directions; those with a payload
    bool client_seen, server_seen;
    bool closed; // a FIN or an RST has passed
};

// Whether it leads to a proxy or a pooler, and whether it is such a one's own connection to the server: the
// two legs of a path that has them.
bool trace_flow_is_before(const struct trace_flow *flow);
bool trace_flow_is_behind(const struct trace_flow *flow);

struct trace_flows;

// `server_port` tells the two sides of a connection apart.
struct trace_flows *trace_flows_new(uint16_t server_port);
void trace_flows_free(struct trace_flows *flows);

// Takes in a packet that enters the router, or that leaves it. The flow it belongs to, valid until the next
// call; NULL: none of ours, or no memory.
struct trace_flow *trace_flows_follow(struct trace_flows *flows, const struct trace_packet *packet);

// A packet made in the router that enters its queue now; `end` is the sequence number behind it.
void trace_flows_note_forged(
    struct trace_flows *flows, const struct trace_flow *flow, bool to_client, uint32_t end, int64_t at_us);

// The sequence number that the client (or the server) will expect when a packet that enters the queue now
// reaches it. `queued` is how many packets wait there, of all flows; `at_us` the present on the packets'
// clock.
uint32_t trace_flows_expected(const struct trace_flows *flows, const struct trace_flow *flow, bool to_client,
    size_t queued, int64_t at_us);

size_t trace_flows_count(const struct trace_flows *flows);
const struct trace_flow *trace_flows_at(const struct trace_flows *flows, size_t index);
size_t trace_flows_index(const struct trace_flows *flows, const struct trace_flow *flow);

#endif
