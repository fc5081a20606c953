// Pairs what entered the router with what left it.
#include "trace/arrow.h"

#include <netinet/tcp.h>
#include <stdlib.h>

#define PORTS 65536

const char *const arrow_kind_names[ARROW_KINDS] = {
    "SYN", "SYN-ACK", "data", "FIN", "RST", "keepalive", "ACK", "ICMP error"};

// What one end of a connection has sent so far.
struct sent {
    bool known;
    uint32_t first, next; // the number of its SYN, and of what comes next
};

struct pairing {
    struct trace_arrows *arrows;
    struct sent *sent; // by port and direction
};

static bool is_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

static enum arrow_kind arrow_kind_of(const struct atlas_packet *packet, const struct sent *sent)
{
    if (packet->icmp)
        return ARROW_ICMP;
    if (packet->flags & TH_RST)
        return ARROW_RST;
    if (packet->flags & TH_SYN)
        return (packet->flags & TH_ACK) != 0 ? ARROW_SYN_ACK : ARROW_SYN;
    if (packet->flags & TH_FIN)
        return ARROW_FIN;
    if (packet->payload_length > 0)
        return ARROW_DATA;
    return sent->known && packet->seq == sent->next - 1 ? ARROW_PROBE : ARROW_ACK;
}

// Whether the sender says it again; and what it has sent from now on.
static bool follow(struct sent *sent, const struct atlas_packet *packet, enum arrow_kind kind)
{
    uint32_t length = packet->payload_length + ((packet->flags & (TH_SYN | TH_FIN)) != 0);
    uint32_t end = packet->seq + length;
    bool syn = kind == ARROW_SYN || kind == ARROW_SYN_ACK;
    if (kind == ARROW_RST || kind == ARROW_ICMP)
        return false;
    if (!sent->known || (syn && sent->first != packet->seq)) {
        *sent = (struct sent){.known = true, .first = packet->seq, .next = end};
        return false;
    }
    bool again = length > 0 && !is_before(sent->next, end);
    if (is_before(sent->next, end))
        sent->next = end;
    return again;
}

static struct trace_arrow *add_arrow(struct pairing *pairing, const struct atlas_packet *packet)
{
    struct sent *sent = &pairing->sent[packet->app_port * 2 + packet->to_db];
    struct trace_arrow *arrow = &pairing->arrows->items[pairing->arrows->count++];
    *arrow = (struct trace_arrow){.entered_us = ARROW_NEVER,
        .left_us = ARROW_NEVER,
        .kind = arrow_kind_of(packet, sent),
        .to_db = packet->to_db,
        .app_port = packet->app_port,
        .length = packet->payload_length,
        .digest = packet->digest,
        .seq = packet->seq,
        .flags = packet->flags};
    return arrow;
}

static bool arrow_may_be(const struct trace_arrow *arrow, const struct atlas_packet *packet)
{
    return arrow->left_us == ARROW_NEVER && arrow->app_port == packet->app_port &&
           arrow->to_db == packet->to_db && (arrow->kind == ARROW_ICMP) == packet->icmp;
}

// The last one that may be it: what was sent before that was repeated because it was lost.
static struct trace_arrow *find_entered(const struct trace_arrows *arrows, const struct atlas_packet *packet)
{
    for (size_t i = arrows->count; i-- > 0;) {
        struct trace_arrow *arrow = &arrows->items[i];
        if (arrow_may_be(arrow, packet) && (packet->icmp || arrow->digest == packet->digest))
            return arrow;
    }
    for (size_t i = arrows->count; i-- > 0;) {
        struct trace_arrow *arrow = &arrows->items[i];
        if (!arrow_may_be(arrow, packet) || arrow->seq != packet->seq ||
            arrow->length != packet->payload_length || arrow->flags != packet->flags)
            continue;
        arrow->damaged = true;
        return arrow;
    }
    return NULL;
}

static void pair_packet(struct pairing *pairing, const struct atlas_packet *packet)
{
    struct trace_arrow *arrow;
    if (packet->leaving) {
        arrow = find_entered(pairing->arrows, packet);
        if (arrow == NULL)
            arrow = add_arrow(pairing, packet);
        arrow->left_us = packet->at_us;
        arrow->left_frame = packet->frame;
        return;
    }
    arrow = add_arrow(pairing, packet);
    arrow->entered_us = packet->at_us;
    arrow->entered_frame = packet->frame;
    arrow->again = follow(&pairing->sent[packet->app_port * 2 + packet->to_db], packet, arrow->kind);
}

bool trace_arrows_of(const struct atlas_packets *packets, struct trace_arrows *arrows, struct error *error)
{
    *arrows = (struct trace_arrows){.items = calloc(packets->count + 1, sizeof(*arrows->items))};
    struct pairing pairing = {.arrows = arrows, .sent = calloc((size_t)PORTS * 2, sizeof(*pairing.sent))};
    bool room = arrows->items != NULL && pairing.sent != NULL;
    for (size_t i = 0; room && i < packets->count; i++)
        pair_packet(&pairing, &packets->items[i]);
    free(pairing.sent);
    if (room)
        return true;
    trace_arrows_free(arrows);
    return error_set(error, ERROR_LAB, "out of memory");
}

void trace_arrows_free(struct trace_arrows *arrows)
{
    free(arrows->items);
    *arrows = (struct trace_arrows){0};
}

int64_t trace_arrow_at_us(const struct trace_arrow *arrow)
{
    return arrow->entered_us != ARROW_NEVER ? arrow->entered_us : arrow->left_us;
}

bool trace_arrow_is_swallowed(const struct trace_arrow *arrow)
{
    return arrow->entered_us != ARROW_NEVER && arrow->left_us == ARROW_NEVER;
}
