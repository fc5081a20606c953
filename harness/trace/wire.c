// What the packets say: matches what entered the router with what left it.
//
// A packet is told by a digest of everything a router does not change (all but TTL and checksums), so one
// that netem corrupts counts as swallowed: what entered did not leave, and its receiver throws away what did.
// (Where the flipped bit lies in a checksum or in the Ethernet header the digest does not see it.) One that
// netem duplicates leaves twice and is not missed once.
#include "trace/wire.h"

#include "base/array.h"
#include "contract/addresses.h"
#include "contract/cell_files.h"
#include "trace/capture_file.h"
#include "trace/packet.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PORTS     65536
#define FIN_TO_DB (UINT64_C(1) << 48) // in the identity of a FIN

struct wire_packet {
    struct trace_packet tcp;
    bool to_db; // otherwise towards app
    uint16_t app_port;
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
    size_t count;
};

struct handshake {
    enum { HANDSHAKE_NONE, HANDSHAKE_SYN, HANDSHAKE_SYN_ACK, HANDSHAKE_DONE } state; // DONE: or of no use
    uint32_t syn_seq, syn_ack_seq;
    int64_t syn_at_ns;
    int64_t last_at_ns; // of any packet of this connection that entered; 0: there was none
};

struct wire_reader {
    struct wire_counts *counts;
    struct wire_question question;
    struct sightings packets;
    struct sightings fins;
    struct handshake *handshakes; // by the app's port
    int64_t handshake_rtt_ns;
};

// Or who stands before it: of two legs the application's is the one that counts.
static bool is_db(uint32_t address)
{
    return address == ntohl(inet_addr(LAB_PROXY_ADDRESS)) || address == ntohl(inet_addr(LAB_DB_ADDRESS)) ||
           address == ntohl(inet_addr(LAB_DB_OTHER_ADDRESS));
}

// False: nothing of ours.
static bool read_packet(const struct capture_record *record, struct wire_packet *packet)
{
    struct trace_packet *tcp = &packet->tcp;
    if (!trace_packet_parse(record->data, record->length, tcp))
        return false;
    bool to_db = trace_packet_is_app(tcp->source) && is_db(tcp->destination) &&
                 tcp->destination_port == LAB_DB_PORT;
    bool to_app = is_db(tcp->source) && trace_packet_is_app(tcp->destination) &&
                  tcp->source_port == LAB_DB_PORT;
    if (!to_db && !to_app)
        return false;
    packet->to_db = to_db;
    packet->app_port = to_db ? tcp->source_port : tcp->destination_port;
    packet->at_ns = record->at_ns;
    packet->digest = trace_packet_digest(tcp);
    return true;
}

static bool sightings_add(struct sightings *sightings, uint64_t digest, bool leaves)
{
    struct sighting *grown = array_grow(sightings->items, sightings->count, sizeof(*grown));
    if (!grown)
        return false;
    sightings->items = grown;
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
static uint64_t fin_identity(const struct wire_packet *packet)
{
    return (packet->to_db ? FIN_TO_DB : 0) | (uint64_t)packet->app_port << 32 |
           (uint32_t)(packet->tcp.seq + packet->tcp.payload_length);
}

static bool count_leaving(struct wire_reader *reader, const struct wire_packet *packet)
{
    if (packet->tcp.flags & TH_RST)
        *(packet->to_db ? &reader->counts->rst_to_db : &reader->counts->rst_to_app) += 1;
    return !(packet->tcp.flags & TH_FIN) || sightings_add(&reader->fins, fin_identity(packet), true);
}

static void measure_handshake(struct wire_reader *reader, struct handshake *handshake, int64_t ack_at_ns)
{
    int64_t rtt_ns = ack_at_ns - handshake->syn_at_ns;
    if (reader->handshake_rtt_ns < 0 || rtt_ns < reader->handshake_rtt_ns)
        reader->handshake_rtt_ns = rtt_ns;
    handshake->state = HANDSHAKE_DONE;
}

// Only handshakes without a retransmission: of the others nobody knows which packet was answered.
static void follow_handshake(struct wire_reader *reader, const struct wire_packet *packet)
{
    struct handshake *handshake = &reader->handshakes[packet->app_port];
    const struct trace_packet *tcp = &packet->tcp;
    uint8_t kind = tcp->flags & (TH_SYN | TH_ACK | TH_RST);
    if (packet->to_db && kind == TH_SYN) {
        bool again = handshake->state != HANDSHAKE_NONE && handshake->syn_seq == tcp->seq;
        *handshake = (struct handshake){.state = again ? HANDSHAKE_DONE : HANDSHAKE_SYN,
            .syn_seq = tcp->seq,
            .syn_at_ns = packet->at_ns,
            .last_at_ns = packet->at_ns};
        reader->counts->attempts += !again;
    } else if (!packet->to_db && kind == (TH_SYN | TH_ACK)) {
        bool first = handshake->state == HANDSHAKE_SYN && tcp->ack == handshake->syn_seq + 1;
        handshake->state = first ? HANDSHAKE_SYN_ACK : HANDSHAKE_DONE;
        handshake->syn_ack_seq = tcp->seq;
    } else if (packet->to_db && kind == TH_ACK && handshake->state == HANDSHAKE_SYN_ACK &&
               tcp->ack == handshake->syn_ack_seq + 1) {
        measure_handshake(reader, handshake, packet->at_ns);
    }
}

// A connection whose packets come after so long a pause has been forgotten meanwhile. After the SYN of a new
// one with the same port there is no pause.
static void note_pause(struct wire_reader *reader, const struct wire_packet *packet)
{
    struct handshake *connection = &reader->handshakes[packet->app_port];
    int64_t quiet_ns = reader->question.quiet_ns, last_ns = connection->last_at_ns;
    if (quiet_ns > 0 && last_ns > 0 && packet->at_ns - last_ns >= quiet_ns &&
        last_ns + quiet_ns > reader->counts->forgotten_at_ns)
        reader->counts->forgotten_at_ns = last_ns + quiet_ns;
    connection->last_at_ns = packet->at_ns;
}

static bool note_syn(struct wire_counts *counts, int64_t at_ns)
{
    int64_t *grown = array_grow(counts->syns_at_ns, counts->syns_count, sizeof(*grown));
    if (!grown)
        return false;
    counts->syns_at_ns = grown;
    grown[counts->syns_count++] = at_ns;
    return true;
}

static bool count_entering(struct wire_reader *reader, const struct wire_packet *packet)
{
    bool syn = packet->to_db && (packet->tcp.flags & TH_SYN);
    reader->counts->packets++;
    follow_handshake(reader, packet);
    note_pause(reader, packet);
    return !syn || note_syn(reader->counts, packet->at_ns);
}

static bool count_packet(struct wire_reader *reader, const struct wire_packet *packet)
{
    bool late = packet->at_ns > reader->question.until_ns;
    // What leaves late may have entered in time: it is not swallowed.
    if (late && !packet->tcp.leaving)
        return true;
    if (!sightings_add(&reader->packets, packet->digest, packet->tcp.leaving))
        return false;
    if (late)
        return true;
    return packet->tcp.leaving ? count_leaving(reader, packet) : count_entering(reader, packet);
}

static bool count_packets(
    struct capture_file *capture, struct wire_reader *reader, const char *pcap_path, struct error *error)
{
    struct capture_record record;
    enum capture_status status;
    while ((status = capture_file_next(capture, &record, error)) == CAPTURE_RECORD) {
        struct wire_packet packet;
        if (read_packet(&record, &packet) && !count_packet(reader, &packet))
            return error_set(error, ERROR_LAB, "%s: out of memory", pcap_path);
    }
    if (status == CAPTURE_BROKEN)
        return false;
    reader->counts->swallowed = count_swallowed(&reader->packets);
    count_fins(&reader->fins, reader->counts);
    reader->counts->handshake_rtt_us = reader->handshake_rtt_ns < 0 ? -1 : reader->handshake_rtt_ns / 1000;
    return true;
}

bool trace_wire_count(
    struct folder_file *file, struct wire_question question, struct wire_counts *counts, struct error *error)
{
    *counts = (struct wire_counts){.handshake_rtt_us = -1, .forgotten_at_ns = -1};
    struct capture_file *capture = capture_file_new(file, error);
    if (!capture)
        return false;
    struct wire_reader reader = {.counts = counts, .question = question, .handshake_rtt_ns = -1};
    reader.handshakes = calloc(PORTS, sizeof(*reader.handshakes));
    bool counted = reader.handshakes ? count_packets(capture, &reader, file->path, error)
                                     : error_set(error, ERROR_LAB, "%s: out of memory", file->path);
    free(reader.handshakes);
    free(reader.packets.items);
    free(reader.fins.items);
    capture_file_free(capture);
    if (!counted)
        wire_counts_clear(counts);
    return counted;
}

bool trace_wire_count_in(const struct folder *folder, struct wire_question question,
    struct wire_counts *counts, struct error *error)
{
    struct folder_file file;
    if (!folder_open_file(folder, CELL_CAPTURE_FILE, &file, ERROR_LAB, error))
        return false;
    bool counted = trace_wire_count(&file, question, counts, error);
    folder_close_file(&file);
    return counted;
}

void wire_counts_clear(struct wire_counts *counts)
{
    free(counts->syns_at_ns);
    *counts = (struct wire_counts){.handshake_rtt_us = -1};
}
