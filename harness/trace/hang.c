// One look at each packet, with what each connection waits for.
#include "trace/hang.h"

#include "base/duration.h"

#include <netinet/tcp.h>
#include <stdlib.h>

#define PORTS   65536
#define HANG_US US_PER_S

struct waiting {
    bool waits, opening, acknowledged;
    int64_t since_us;
    int64_t number; // 1: the first connection that was opened; 0: none has been at this port
    uint32_t syn_seq;
};

struct hangs {
    struct waiting *ports;
    int64_t connections, count, longest_us;
    json_t *longest;
};

static void end_hang(struct hangs *hangs, struct waiting *waiting, int port, int64_t at_us, const char *end)
{
    int64_t length_us = at_us - waiting->since_us;
    if (!waiting->waits)
        return;
    waiting->waits = false;
    hangs->count += length_us >= HANG_US;
    if (length_us < HANG_US || length_us <= hangs->longest_us)
        return;
    hangs->longest_us = length_us;
    json_decref(hangs->longest);
    hangs->longest = json_pack("{s:f, s:f, s:I, s:i, s:s, s:b, s:s}", "from_s",
        (double)waiting->since_us / US_PER_S, "for_s", (double)length_us / US_PER_S, "connection",
        (json_int_t)waiting->number, "port", port, "waited_for", waiting->opening ? "connection" : "answer",
        "acknowledged", waiting->acknowledged, "end", end);
}

static void begin_hang(struct waiting *waiting, bool opening, int64_t at_us)
{
    if (waiting->waits)
        return;
    waiting->waits = true;
    waiting->opening = opening;
    waiting->acknowledged = false;
    waiting->since_us = at_us;
}

static void take_question(struct hangs *hangs, struct waiting *waiting, const struct atlas_packet *packet)
{
    bool syn = (packet->flags & (TH_SYN | TH_ACK)) == TH_SYN;
    if (syn && (waiting->number == 0 || waiting->syn_seq != packet->seq)) {
        end_hang(hangs, waiting, packet->app_port, packet->at_us, "closed");
        waiting->number = ++hangs->connections;
        waiting->syn_seq = packet->seq;
    }
    if ((packet->flags & (TH_FIN | TH_RST)) != 0)
        end_hang(hangs, waiting, packet->app_port, packet->at_us, "closed");
    else if (syn || packet->payload_length > 0)
        begin_hang(waiting, syn, packet->at_us);
}

static void take_reply(struct hangs *hangs, struct waiting *waiting, const struct atlas_packet *packet)
{
    if ((packet->flags & TH_RST) != 0)
        end_hang(hangs, waiting, packet->app_port, packet->at_us, "reset");
    else if (packet->payload_length > 0 || (packet->flags & (TH_SYN | TH_FIN)) != 0)
        end_hang(hangs, waiting, packet->app_port, packet->at_us, "answer");
    else
        waiting->acknowledged = true;
}

json_t *trace_find_hangs(const struct atlas_packets *packets, int64_t until_us)
{
    struct hangs hangs = {.ports = calloc(PORTS, sizeof(*hangs.ports))};
    if (hangs.ports == NULL)
        return NULL;
    for (size_t i = 0; i < packets->count && packets->items[i].at_us <= until_us; i++) {
        const struct atlas_packet *packet = &packets->items[i];
        struct waiting *waiting = &hangs.ports[packet->app_port];
        if (packet->icmp)
            continue;
        if (packet->to_db && !packet->leaving)
            take_question(&hangs, waiting, packet);
        else if (!packet->to_db && packet->leaving)
            take_reply(&hangs, waiting, packet);
    }
    for (int port = 0; port < PORTS; port++)
        end_hang(&hangs, &hangs.ports[port], port, until_us, "program");
    free(hangs.ports);
    return json_pack("{s:I, s:o}", "count", (json_int_t)hangs.count, "longest",
        hangs.longest != NULL ? hangs.longest : json_null());
}
