// One look at each packet, with what each connection waits for.
#include "trace/silence.h"

#include "base/duration.h"

#include <netinet/tcp.h>
#include <stdlib.h>

#define PORTS      65536
#define SILENCE_US US_PER_S

struct connection {
    bool waits;
    int64_t since_us;
    bool opened;
    uint32_t syn_seq;
};

int64_t exec_count_connections(const struct atlas_packets *packets)
{
    struct connection *connections = calloc(PORTS, sizeof(*connections));
    int64_t count = 0;
    for (size_t i = 0; connections != NULL && i < packets->count; i++) {
        const struct atlas_packet *packet = &packets->items[i];
        if (packet->icmp || packet->leaving || !packet->to_db ||
            (packet->flags & (TH_SYN | TH_ACK)) != TH_SYN)
            continue;
        struct connection *connection = &connections[packet->app_port];
        count += !connection->opened || connection->syn_seq != packet->seq;
        connection->opened = true;
        connection->syn_seq = packet->seq;
    }
    free(connections);
    return count;
}

static void note_silence(
    json_t *silences, const struct connection *connection, uint16_t port, int64_t until_us)
{
    int64_t length_us = until_us - connection->since_us;
    if (connection->waits && length_us >= SILENCE_US)
        json_array_append_new(
            silences, json_pack("{s:f, s:f, s:i}", "from_s", (double)connection->since_us / US_PER_S, "for_s",
                          (double)length_us / US_PER_S, "port", port));
}

static void follow_silence(
    struct connection *connections, const struct atlas_packet *packet, json_t *silences)
{
    struct connection *connection = &connections[packet->app_port];
    bool sent = packet->to_db && !packet->leaving, came = !packet->to_db && packet->leaving;
    bool asks = packet->payload_length > 0 || (packet->flags & (TH_SYN | TH_FIN)) != 0;
    bool gives_up = sent && (packet->flags & TH_RST) != 0;
    if (came || gives_up) {
        note_silence(silences, connection, packet->app_port, packet->at_us);
        connection->waits = false;
    } else if (sent && asks && !connection->waits) {
        connection->waits = true;
        connection->since_us = packet->at_us;
    }
}

static int compare_silences(const void *left, const void *right)
{
    double a = json_real_value(json_object_get(*(json_t *const *)left, "from_s"));
    double b = json_real_value(json_object_get(*(json_t *const *)right, "from_s"));
    return (a > b) - (a < b);
}

static json_t *in_order(json_t *silences)
{
    size_t count = json_array_size(silences), i;
    json_t **items = calloc(count + 1, sizeof(json_t *)), *sorted = json_array(), *item;
    if (items == NULL) {
        json_decref(sorted);
        return silences;
    }
    json_array_foreach(silences, i, item)
    {
        items[i] = item;
    }
    qsort(items, count, sizeof(json_t *), compare_silences);
    for (i = 0; i < count; i++)
        json_array_append(sorted, items[i]);
    free(items);
    json_decref(silences);
    return sorted;
}

json_t *exec_find_silences(const struct atlas_packets *packets, int64_t until_us)
{
    struct connection *connections = calloc(PORTS, sizeof(*connections));
    json_t *silences = json_array();
    if (connections == NULL) {
        json_decref(silences);
        return NULL;
    }
    for (size_t i = 0; i < packets->count && packets->items[i].at_us <= until_us; i++)
        if (!packets->items[i].icmp)
            follow_silence(connections, &packets->items[i], silences);
    for (int port = 0; port < PORTS; port++)
        note_silence(silences, &connections[port], (uint16_t)port, until_us);
    free(connections);
    return in_order(silences);
}
