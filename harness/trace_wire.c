// What the packets say: matches what entered the router with what left it.
//
// A packet is told by a digest of everything a router does not change (all but TTL and checksums), so one
// that netem corrupts counts as swallowed: what entered did not leave, and its receiver throws away what did.
// (Where the flipped bit lies in a checksum or in the Ethernet header the digest does not see it.) One that
// netem duplicates leaves twice and is not missed once.
#include "trace_wire.h"

#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <pcap/sll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define POSTGRESQL_PORT 5432
#define PORTS           65536
#define IPV4_ETHERTYPE  0x0800
#define IPV4_SHORTEST   20
#define TCP_SHORTEST    20
#define FIN_TO_DB       (UINT64_C(1) << 48) // in the identity of a FIN

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_ACK = 0x10 };

enum direction { TO_APP, TO_DB };

struct packet {
    enum direction direction;
    bool leaves; // the router; otherwise it enters
    uint16_t app_port;
    uint32_t seq, ack;
    uint32_t payload_length;
    uint8_t flags;
    uint64_t digest;
    int64_t at_ns;
};

// One packet on one side of the router; or one FIN that left, by its identity.
struct sighting {
    uint64_t digest;
    bool leaves;
};

struct sightings {
    struct sighting *items;
    size_t count, room;
};

struct handshake {
    enum { HANDSHAKE_NONE, HANDSHAKE_SYN, HANDSHAKE_SYN_ACK, HANDSHAKE_AMBIGUOUS } state;
    uint32_t syn_seq, syn_ack_seq;
    int64_t syn_at_ns;
};

struct wire_reader {
    struct wire_counts *counts;
    struct sightings packets;
    struct sightings fins;
    struct handshake *handshakes; // by the app's port
    int64_t handshake_rtt_ns;
};

static uint16_t read_u16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static uint32_t read_u32(const uint8_t *bytes)
{
    return (uint32_t)read_u16(bytes) << 16 | read_u16(bytes + 2);
}

// FNV-1a: not against malice, only to keep some thousand packets apart.
static uint64_t digest_bytes(uint64_t digest, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        digest = (digest ^ bytes[i]) * UINT64_C(0x100000001b3);
    return digest;
}

static uint64_t digest_packet(const uint8_t *ip, size_t ip_header, size_t captured)
{
    const uint8_t *tcp = ip + ip_header;
    uint64_t digest = digest_bytes(UINT64_C(0xcbf29ce484222325), ip, 8);
    digest = digest_bytes(digest, ip + 9, 1); // between them: TTL
    digest = digest_bytes(digest, ip + 12, ip_header - 12);
    digest = digest_bytes(digest, tcp, 16);
    return digest_bytes(digest, tcp + 18, captured - ip_header - 18);
}

static bool read_tcp(const uint8_t *tcp, size_t captured, size_t length, struct packet *packet)
{
    if (captured < TCP_SHORTEST)
        return false;
    size_t header = (size_t)(tcp[12] >> 4) * 4;
    uint16_t db_port = read_u16(packet->direction == TO_DB ? tcp + 2 : tcp);
    if (db_port != POSTGRESQL_PORT || header < TCP_SHORTEST || header > length)
        return false;
    packet->app_port = read_u16(packet->direction == TO_DB ? tcp : tcp + 2);
    packet->seq = read_u32(tcp + 4);
    packet->ack = read_u32(tcp + 8);
    packet->flags = tcp[13];
    packet->payload_length = (uint32_t)(length - header);
    return true;
}

static bool read_direction(const uint8_t *ip, enum direction *direction)
{
    in_addr_t app = inet_addr(LAB_APP_ADDRESS), db = inet_addr(LAB_DB_ADDRESS), from, to;
    memcpy(&from, ip + 12, sizeof(from));
    memcpy(&to, ip + 16, sizeof(to));
    *direction = to == db ? TO_DB : TO_APP;
    return (from == app && to == db) || (from == db && to == app);
}

static bool read_ip(const uint8_t *ip, size_t captured, struct packet *packet)
{
    if (captured < IPV4_SHORTEST || ip[0] >> 4 != 4 || ip[9] != IPPROTO_TCP)
        return false;
    size_t header = (size_t)(ip[0] & 0x0f) * 4;
    size_t length = read_u16(ip + 2);
    bool later_fragment = (read_u16(ip + 6) & 0x1fff) != 0;
    if (header < IPV4_SHORTEST || header > captured || header > length || later_fragment)
        return false;
    if (captured > length)
        captured = length; // Ethernet pads short frames
    if (!read_direction(ip, &packet->direction) ||
        !read_tcp(ip + header, captured - header, length - header, packet))
        return false;
    packet->digest = digest_packet(ip, header, captured);
    return true;
}

// False: nothing of ours.
static bool read_packet(const struct pcap_pkthdr *header, const uint8_t *bytes, struct packet *packet)
{
    struct sll2_header link;
    if (header->caplen < sizeof(link))
        return false;
    memcpy(&link, bytes, sizeof(link));
    packet->leaves = link.sll2_pkttype == LINUX_SLL_OUTGOING;
    if (ntohs(link.sll2_protocol) != IPV4_ETHERTYPE ||
        (!packet->leaves && link.sll2_pkttype != LINUX_SLL_HOST))
        return false;
    packet->at_ns = (int64_t)header->ts.tv_sec * 1000000000 + header->ts.tv_usec; // opened for nanoseconds
    return read_ip(bytes + sizeof(link), header->caplen - sizeof(link), packet);
}

static bool sightings_add(struct sightings *sightings, uint64_t digest, bool leaves)
{
    if (sightings->count == sightings->room) {
        size_t room = sightings->room ? 2 * sightings->room : 1024;
        struct sighting *grown = realloc(sightings->items, room * sizeof(*grown));
        if (!grown)
            return false;
        sightings->items = grown;
        sightings->room = room;
    }
    sightings->items[sightings->count++] = (struct sighting){.digest = digest, .leaves = leaves};
    return true;
}

static int compare_sightings(const void *left, const void *right)
{
    uint64_t a = ((const struct sighting *)left)->digest, b = ((const struct sighting *)right)->digest;
    return (a > b) - (a < b);
}

static void sightings_sort(struct sightings *sightings)
{
    if (sightings->count > 0)
        qsort(sightings->items, sightings->count, sizeof(*sightings->items), compare_sightings);
}

// Of the packets that look the same, as many as entered more often than they left.
static int64_t count_swallowed(struct sightings *packets)
{
    int64_t swallowed = 0;
    sightings_sort(packets);
    for (size_t i = 0; i < packets->count;) {
        uint64_t digest = packets->items[i].digest;
        int64_t missing = 0;
        for (; i < packets->count && packets->items[i].digest == digest; i++)
            missing += packets->items[i].leaves ? -1 : 1;
        swallowed += missing > 0 ? missing : 0;
    }
    return swallowed;
}

static void count_fins(struct sightings *fins, struct wire_counts *counts)
{
    sightings_sort(fins);
    for (size_t i = 0; i < fins->count; i++) {
        if (i > 0 && fins->items[i].digest == fins->items[i - 1].digest)
            continue;
        *(fins->items[i].digest & FIN_TO_DB ? &counts->fin_to_db : &counts->fin_to_app) += 1;
    }
}

// The FIN's own sequence number: a retransmission may carry data that the first one did not.
static uint64_t fin_identity(const struct packet *packet)
{
    return (packet->direction == TO_DB ? FIN_TO_DB : 0) | (uint64_t)packet->app_port << 32 |
           (uint32_t)(packet->seq + packet->payload_length);
}

static bool count_leaving(struct wire_reader *reader, const struct packet *packet)
{
    if (packet->flags & TCP_RST)
        *(packet->direction == TO_DB ? &reader->counts->rst_to_db : &reader->counts->rst_to_app) += 1;
    if (packet->flags & TCP_FIN)
        return sightings_add(&reader->fins, fin_identity(packet), true);
    return true;
}

// Only handshakes without a retransmission: of the others nobody knows which packet was answered.
static void follow_handshake(struct wire_reader *reader, const struct packet *packet)
{
    struct handshake *handshake = &reader->handshakes[packet->app_port];
    uint8_t kind = packet->flags & (TCP_SYN | TCP_ACK | TCP_RST);
    if (packet->direction == TO_DB && kind == TCP_SYN) {
        bool again = handshake->state != HANDSHAKE_NONE && handshake->syn_seq == packet->seq;
        *handshake = (struct handshake){.state = again ? HANDSHAKE_AMBIGUOUS : HANDSHAKE_SYN,
            .syn_seq = packet->seq,
            .syn_at_ns = packet->at_ns};
    } else if (packet->direction == TO_APP && kind == (TCP_SYN | TCP_ACK)) {
        bool first = handshake->state == HANDSHAKE_SYN && packet->ack == handshake->syn_seq + 1;
        handshake->state = first ? HANDSHAKE_SYN_ACK : HANDSHAKE_AMBIGUOUS;
        handshake->syn_ack_seq = packet->seq;
    } else if (packet->direction == TO_DB && kind == TCP_ACK && handshake->state == HANDSHAKE_SYN_ACK &&
               packet->ack == handshake->syn_ack_seq + 1) {
        int64_t rtt_ns = packet->at_ns - handshake->syn_at_ns;
        if (reader->handshake_rtt_ns < 0 || rtt_ns < reader->handshake_rtt_ns)
            reader->handshake_rtt_ns = rtt_ns;
        handshake->state = HANDSHAKE_AMBIGUOUS; // measured
    }
}

static bool count_packet(struct wire_reader *reader, const struct packet *packet)
{
    if (!sightings_add(&reader->packets, packet->digest, packet->leaves))
        return false;
    if (packet->leaves)
        return count_leaving(reader, packet);
    reader->counts->packets++;
    follow_handshake(reader, packet);
    return true;
}

static bool count_packets(
    pcap_t *pcap, struct wire_reader *reader, const char *pcap_path, struct error *error)
{
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int status;
    while ((status = pcap_next_ex(pcap, &header, &bytes)) == 1) {
        struct packet packet;
        if (read_packet(header, bytes, &packet) && !count_packet(reader, &packet))
            return error_set(error, ERROR_LAB, "%s: no memory", pcap_path);
    }
    if (status != PCAP_ERROR_BREAK)
        return error_set(error, ERROR_LAB, "%s: %s", pcap_path, pcap_geterr(pcap));
    reader->counts->swallowed = count_swallowed(&reader->packets);
    count_fins(&reader->fins, reader->counts);
    reader->counts->handshake_rtt_us = reader->handshake_rtt_ns < 0 ? -1 : reader->handshake_rtt_ns / 1000;
    return true;
}

static pcap_t *open_capture(const char *pcap_path, struct error *error)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_open_offline_with_tstamp_precision(pcap_path, PCAP_TSTAMP_PRECISION_NANO, why);
    if (!pcap) {
        (void)error_set(error, ERROR_LAB, "%s", why);
        if (!strstr(why, pcap_path)) // libpcap names the file in some messages
            (void)error_context(error, "%s", pcap_path);
        return NULL;
    }
    if (pcap_datalink(pcap) != DLT_LINUX_SLL2) {
        (void)error_set(
            error, ERROR_LAB, "%s: link type %d, expected LINUX_SLL2", pcap_path, pcap_datalink(pcap));
        pcap_close(pcap);
        return NULL;
    }
    return pcap;
}

bool trace_wire_count(const char *pcap_path, struct wire_counts *counts, struct error *error)
{
    *counts = (struct wire_counts){.handshake_rtt_us = -1};
    pcap_t *pcap = open_capture(pcap_path, error);
    if (!pcap)
        return false;
    struct wire_reader reader = {.counts = counts, .handshake_rtt_ns = -1};
    reader.handshakes = calloc(PORTS, sizeof(*reader.handshakes));
    bool counted = reader.handshakes ? count_packets(pcap, &reader, pcap_path, error)
                                     : error_set(error, ERROR_LAB, "%s: no memory", pcap_path);
    free(reader.handshakes);
    free(reader.packets.items);
    free(reader.fins.items);
    pcap_close(pcap);
    return counted;
}
