// A list of flows: a cell has tens of them, so a linear search is the fastest and plainest index.
#include "trace_flow.h"

#include <netinet/tcp.h>
#include <stdlib.h>

struct trace_flows {
    uint16_t server_port;
    struct trace_flow *items;
    size_t count, room;
};

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
static struct trace_flow *find(struct trace_flows *flows, uint32_t client_address, uint16_t client_port)
{
    for (size_t i = flows->count; i-- > 0;) {
        struct trace_flow *flow = &flows->items[i];
        if (flow->client_address == client_address && flow->client_port == client_port)
            return flow;
    }
    return NULL;
}

static struct trace_flow *add(struct trace_flows *flows, const struct trace_packet *syn)
{
    if (flows->count == flows->room) {
        size_t room = flows->room == 0 ? 16 : 2 * flows->room;
        struct trace_flow *items = reallocarray(flows->items, room, sizeof(*items));
        if (items == NULL)
            return NULL;
        flows->items = items;
        flows->room = room;
    }
    struct trace_flow *flow = &flows->items[flows->count++];
    *flow = (struct trace_flow){.client_address = syn->source,
        .client_port = syn->source_port,
        .server_address = syn->destination,
        .server_port = syn->destination_port};
    return flow;
}

// Sequence numbers wrap: later means less than half the circle ahead.
static void advance(uint32_t *next, bool *seen, uint32_t end)
{
    if (!*seen || (int32_t)(end - *next) > 0)
        *next = end;
    *seen = true;
}

struct trace_flow *trace_flows_follow(struct trace_flows *flows, const struct trace_packet *packet)
{
    bool from_client = packet->destination_port == flows->server_port;
    if (!from_client && packet->source_port != flows->server_port)
        return NULL;
    bool opens = from_client && (packet->flags & (TH_SYN | TH_ACK)) == TH_SYN;
    struct trace_flow *flow = from_client ? find(flows, packet->source, packet->source_port)
                                          : find(flows, packet->destination, packet->destination_port);
    bool retransmitted = opens && flow != NULL && flow->client_next == packet->seq + 1;
    if (opens && !retransmitted)
        flow = add(flows, packet);
    if (flow == NULL)
        return NULL;
    uint32_t end = packet->seq + trace_packet_sequence_length(packet);
    if (from_client)
        advance(&flow->client_next, &flow->client_seen, end);
    else
        advance(&flow->server_next, &flow->server_seen, end);
    if (packet->flags & (TH_FIN | TH_RST))
        flow->closed = true;
    return flow;
}
