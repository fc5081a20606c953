// A list of flows: a cell has tens of them, so a linear search is the fastest and plainest index.
#include "lab/flow.h"

#include "base/array.h"
#include "contract/addresses.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX 1024 // of those that wait beyond, the oldest are taken for swallowed

// A packet that has entered the router and has not left it: it waits, or it was swallowed.
struct waiting {
    size_t flow;
    uint32_t end; // the sequence number behind it
    int64_t at_us;
    bool forged; // made in the router: no filter swallows it
};

// In the order of their arrival, which is the order in which netem lets them go.
struct queue {
    struct waiting items[QUEUE_MAX];
    size_t count;
    int64_t longest_us; // that a packet has waited
};

struct trace_flows {
    uint16_t server_port;
    struct trace_flow *items;
    size_t count;
    struct queue to_app, to_db, to_proxy; // by the interfaces of the router
};

static bool is_proxy(uint32_t address)
{
    return address == ntohl(inet_addr(LAB_PROXY_ADDRESS));
}

bool trace_flow_is_before(const struct trace_flow *flow)
{
    return is_proxy(flow->server_address);
}

bool trace_flow_is_behind(const struct trace_flow *flow)
{
    return is_proxy(flow->client_address);
}

static struct queue *queue_of(struct trace_flows *flows, const struct trace_flow *flow, bool to_client)
{
    if (is_proxy(to_client ? flow->client_address : flow->server_address))
        return &flows->to_proxy;
    return to_client ? &flows->to_app : &flows->to_db;
}

struct trace_flows *trace_flows_new(uint16_t server_port)
{
    struct trace_flows *flows = calloc(1, sizeof(*flows));
    if (flows != NULL)
        flows->server_port = server_port;
    return flows;
}

void trace_flows_free(struct trace_flows *flows)
{
    if (flows != NULL)
        free(flows->items);
    free(flows);
}

size_t trace_flows_count(const struct trace_flows *flows)
{
    return flows->count;
}

const struct trace_flow *trace_flows_at(const struct trace_flows *flows, size_t index)
{
    return &flows->items[index];
}

size_t trace_flows_index(const struct trace_flows *flows, const struct trace_flow *flow)
{
    return (size_t)(flow - flows->items);
}

// The newest flow with this client's port: ports come back after a while.
static struct trace_flow *find_flow(struct trace_flows *flows, uint32_t client_address, uint16_t client_port)
{
    for (size_t i = flows->count; i-- > 0;) {
        struct trace_flow *flow = &flows->items[i];
        if (flow->client_address == client_address && flow->client_port == client_port)
            return flow;
    }
    return NULL;
}

static struct trace_flow *add_flow(struct trace_flows *flows, const struct trace_packet *syn)
{
    struct trace_flow *items = array_grow(flows->items, flows->count, sizeof(*items));
    if (items == NULL)
        return NULL;
    flows->items = items;
    struct trace_flow *flow = &flows->items[flows->count++];
    *flow = (struct trace_flow){.client_address = syn->source,
        .client_port = syn->source_port,
        .server_address = syn->destination,
        .server_port = syn->destination_port};
    return flow;
}

static void queue_remove(struct queue *queue, size_t count)
{
    queue->count -= count;
    memmove(queue->items, queue->items + count, queue->count * sizeof(queue->items[0]));
}

static void queue_enter(struct queue *queue, const struct waiting *waiting)
{
    if (queue->count == QUEUE_MAX)
        queue_remove(queue, 1);
    queue->items[queue->count++] = *waiting;
}

// What entered before it and has not left will not leave any more.
static void queue_leave(struct queue *queue, size_t flow, uint32_t end, int64_t at_us)
{
    for (size_t i = 0; i < queue->count; i++) {
        const struct waiting *waiting = &queue->items[i];
        if (waiting->flow != flow || waiting->end != end)
            continue;
        if (at_us - waiting->at_us > queue->longest_us)
            queue->longest_us = at_us - waiting->at_us;
        queue_remove(queue, i + 1);
        return;
    }
}

// Sequence numbers wrap: later means less than half the circle ahead.
static void advance(uint32_t *next, bool seen, uint32_t end)
{
    if (!seen || (int32_t)(end - *next) > 0)
        *next = end;
}

static void note_entering(
    struct trace_flows *flows, struct trace_flow *flow, const struct trace_packet *packet, bool from_client)
{
    uint32_t end = packet->seq + trace_packet_sequence_length(packet);
    bool *seen = from_client ? &flow->client_seen : &flow->server_seen;
    advance(from_client ? &flow->client_next : &flow->server_next, *seen, end);
    if (!*seen) // nothing of it has left: its first number is what the other side would expect
        *(from_client ? &flow->client_left : &flow->server_left) = packet->seq;
    *seen = true;
    *(from_client ? &flow->client_ack : &flow->server_ack) = packet->ack;
    *(from_client ? &flow->client_window : &flow->server_window) = packet->window;
    flow->packets++;
    flow->data_packets += packet->payload_length > 0;
    const struct waiting waiting = {
        .flow = trace_flows_index(flows, flow), .end = end, .at_us = packet->at_us};
    queue_enter(queue_of(flows, flow, !from_client), &waiting);
}

static void note_leaving(
    struct trace_flows *flows, struct trace_flow *flow, const struct trace_packet *packet, bool from_client)
{
    uint32_t end = packet->seq + trace_packet_sequence_length(packet);
    advance(from_client ? &flow->client_left : &flow->server_left, true, end);
    queue_leave(queue_of(flows, flow, !from_client), trace_flows_index(flows, flow), end, packet->at_us);
}

struct trace_flow *trace_flows_follow(struct trace_flows *flows, const struct trace_packet *packet)
{
    bool from_client = packet->destination_port == flows->server_port;
    if (!from_client && packet->source_port != flows->server_port)
        return NULL;
    bool opens = from_client && !packet->leaving && (packet->flags & (TH_SYN | TH_ACK)) == TH_SYN;
    struct trace_flow *flow = from_client ? find_flow(flows, packet->source, packet->source_port)
                                          : find_flow(flows, packet->destination, packet->destination_port);
    bool retransmitted = opens && flow != NULL && flow->client_next == packet->seq + 1;
    if (opens && !retransmitted)
        flow = add_flow(flows, packet);
    if (flow == NULL)
        return NULL;
    if (packet->leaving)
        note_leaving(flows, flow, packet, from_client);
    else
        note_entering(flows, flow, packet, from_client);
    if (packet->flags & (TH_FIN | TH_RST))
        flow->closed = true;
    return flow;
}

void trace_flows_note_forged(
    struct trace_flows *flows, const struct trace_flow *flow, bool to_client, uint32_t end, int64_t at_us)
{
    const struct waiting waiting = {
        .flow = trace_flows_index(flows, flow), .end = end, .at_us = at_us, .forged = true};
    queue_enter(queue_of(flows, flow, to_client), &waiting);
}

// Of what may be waiting, forged packets wait for sure; then the oldest, unless they have waited for so long
// that they must have been swallowed.
uint32_t trace_flows_expected(const struct trace_flows *flows, const struct trace_flow *flow, bool to_client,
    size_t queued, int64_t at_us)
{
    const struct queue *queue = queue_of((struct trace_flows *)flows, flow, to_client);
    size_t index = trace_flows_index(flows, flow);
    uint32_t expected = to_client ? flow->server_left : flow->client_left;
    for (size_t i = 0; i < queue->count && queued > 0; i++)
        queued -= queue->items[i].forged;
    for (size_t i = 0; i < queue->count; i++) {
        const struct waiting *waiting = &queue->items[i];
        bool waits = queued > 0 && at_us - waiting->at_us <= 2 * queue->longest_us;
        if (!waits && !waiting->forged)
            continue;
        queued -= !waiting->forged;
        if (waiting->flow == index)
            advance(&expected, true, waiting->end);
    }
    return expected;
}
