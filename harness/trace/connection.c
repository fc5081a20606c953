// Reads the packets of a capture, and says of one connection what reached its client and what did not.
#include "trace/connection.h"

#include "base/array.h"
#include "contract/addresses.h"
#include "contract/cell_files.h"
#include "trace/capture_file.h"
#include "trace/packet.h"
#include "trace/wire.h"

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <pcap/sll.h>
#include <stdlib.h>
#include <string.h>

#define TLS_RECORD_HEADER 5
#define TLS_ALERT         21
#define TLS_HANDSHAKE     22
#define TLS_APPLICATION   23
#define TLS_VERSION_MAJOR 3
// TLS 1.3 hides an alert's type. Its two bytes, one for the type and 16 of authentication make a length that
// no message of PostgreSQL has: those are five bytes and more.
#define TLS13_ALERT_LENGTH 19

#define SSL_ACCEPTED   'S' // a message of one byte
#define ERROR_RESPONSE 'E'
#define MESSAGE_HEADER 5 // its type, and its length in four bytes

static bool holds_alert(const uint8_t *data, size_t length)
{
    while (length >= TLS_RECORD_HEADER && data[1] == TLS_VERSION_MAJOR) {
        size_t record = (size_t)data[3] << 8 | data[4];
        if (data[0] == TLS_ALERT || (data[0] == TLS_APPLICATION && record == TLS13_ALERT_LENGTH))
            return true;
        if (record + TLS_RECORD_HEADER > length)
            return false;
        data += record + TLS_RECORD_HEADER;
        length -= record + TLS_RECORD_HEADER;
    }
    return false;
}

// Among the messages of one packet: after the login it follows AuthenticationOk, and in a query the rows.
static bool holds_error(const uint8_t *data, size_t length)
{
    while (length >= MESSAGE_HEADER) {
        size_t message = 1 + ((size_t)data[1] << 24 | (size_t)data[2] << 16 | (size_t)data[3] << 8 | data[4]);
        if (data[0] == ERROR_RESPONSE)
            return true;
        if (message < MESSAGE_HEADER || message > length)
            return false;
        data += message;
        length -= message;
    }
    return false;
}

static void read_tls_words(
    const struct trace_packet *tcp, const uint8_t *data, size_t length, struct atlas_packet *packet)
{
    size_t size = tcp->payload_length;
    if (size == 0 || size > length)
        return;
    const uint8_t *payload = data + length - size;
    packet->starts_tls = (size == 1 && payload[0] == SSL_ACCEPTED) ||
                         (size > 1 && payload[0] == TLS_HANDSHAKE && payload[1] == TLS_VERSION_MAJOR);
    packet->error_response = holds_error(payload, size);
    packet->alert = holds_alert(payload, size);
}

// An ICMP error quotes the beginning of the packet that it is about.
static bool read_icmp(const uint8_t *data, size_t length, struct atlas_packet *packet)
{
    struct sll2_header link;
    struct iphdr ip, quoted;
    struct icmphdr icmp;
    uint16_t port;
    const size_t quote = sizeof(link) + sizeof(ip) + sizeof(icmp);
    if (length < quote + sizeof(quoted) + sizeof(port))
        return false;
    memcpy(&link, data, sizeof(link));
    memcpy(&ip, data + sizeof(link), sizeof(ip));
    memcpy(&icmp, data + sizeof(link) + sizeof(ip), sizeof(icmp));
    memcpy(&quoted, data + quote, sizeof(quoted));
    if (ip.version != 4 || ip.ihl != 5 || ip.protocol != IPPROTO_ICMP || icmp.type != ICMP_DEST_UNREACH ||
        !trace_packet_is_app(ntohl(ip.daddr)) || quoted.protocol != IPPROTO_TCP ||
        length < quote + (size_t)quoted.ihl * 4 + sizeof(port))
        return false;
    memcpy(&port, data + quote + (size_t)quoted.ihl * 4, sizeof(port));
    packet->icmp = true;
    packet->leaving = link.sll2_pkttype == LINUX_SLL_OUTGOING;
    packet->app_port = ntohs(port);
    return true;
}

static bool read_tcp(const uint8_t *data, size_t length, struct atlas_packet *packet)
{
    struct trace_packet tcp;
    if (!trace_packet_parse(data, length, &tcp))
        return false;
    packet->to_db = trace_packet_is_app(tcp.source) && tcp.destination_port == LAB_DB_PORT;
    if (!packet->to_db && (!trace_packet_is_app(tcp.destination) || tcp.source_port != LAB_DB_PORT))
        return false;
    packet->leaving = tcp.leaving;
    packet->app_port = packet->to_db ? tcp.source_port : tcp.destination_port;
    packet->flags = tcp.flags;
    packet->seq = tcp.seq;
    packet->ack = tcp.ack;
    packet->payload_length = tcp.payload_length;
    packet->digest = trace_packet_digest(&tcp);
    if (!packet->to_db)
        read_tls_words(&tcp, data, length, packet);
    return true;
}

static bool append_packet(struct atlas_packets *packets, const struct atlas_packet *packet)
{
    struct atlas_packet *items = array_grow(packets->items, packets->count, sizeof(*items));
    if (items == NULL)
        return false;
    packets->items = items;
    packets->items[packets->count++] = *packet;
    return true;
}

static bool read_all(struct capture_file *capture, int64_t zero_us, struct atlas_packets *packets,
    const char *path, struct error *error)
{
    struct capture_record record;
    enum capture_status status;
    for (size_t frame = 1; (status = capture_file_next(capture, &record, error)) == CAPTURE_RECORD; frame++) {
        struct atlas_packet packet = {.at_us = record.at_ns / 1000 - zero_us, .frame = frame};
        if ((read_tcp(record.data, record.length, &packet) ||
                read_icmp(record.data, record.length, &packet)) &&
            !append_packet(packets, &packet))
            return error_set(error, ERROR_LAB, "%s: out of memory", path);
    }
    return status == CAPTURE_END;
}

bool atlas_packets_read(
    struct folder_file *file, int64_t zero_us, struct atlas_packets *packets, struct error *error)
{
    *packets = (struct atlas_packets){0};
    struct capture_file *capture = capture_file_new(file, error);
    if (capture == NULL)
        return false;
    bool whole = read_all(capture, zero_us, packets, file->path, error);
    capture_file_free(capture);
    return whole;
}

bool atlas_packets_read_in(
    const struct folder *folder, int64_t zero_us, struct atlas_packets *packets, struct error *error)
{
    struct folder_file file;
    *packets = (struct atlas_packets){0};
    if (!folder_open_file(folder, CELL_CAPTURE_FILE, &file, ERROR_LAB, error))
        return false;
    bool read = atlas_packets_read(&file, zero_us, packets, error);
    folder_close_file(&file);
    return read;
}

void atlas_packets_free(struct atlas_packets *packets)
{
    free(packets->items);
    *packets = (struct atlas_packets){0};
}

static bool is_syn(const struct atlas_packet *packet)
{
    return packet->to_db && !packet->leaving && !packet->icmp &&
           (packet->flags & (TH_SYN | TH_ACK)) == TH_SYN;
}

// A SYN sent again has the same number.
static bool is_first_syn(const struct atlas_packets *packets, size_t at)
{
    if (!is_syn(&packets->items[at]))
        return false;
    for (size_t i = at; i-- > 0;) {
        const struct atlas_packet *packet = &packets->items[i];
        if (is_syn(packet) && packet->app_port == packets->items[at].app_port &&
            packet->seq == packets->items[at].seq)
            return false;
    }
    return true;
}

bool atlas_find_connection(const struct atlas_packets *packets, int64_t from_us, size_t n, size_t *syn)
{
    for (size_t i = 0; i < packets->count; i++)
        if (packets->items[i].at_us >= from_us && is_first_syn(packets, i) && n-- == 0) {
            *syn = i;
            return true;
        }
    return false;
}

// Where a connection stands, in the numbers of its sequences.
struct course {
    struct atlas_evidence *evidence;
    int64_t answered_us;
    uint32_t client_next, acknowledged;
    uint32_t server_rst, server_fin; // numbers of those that the server's host sent
    bool server_sent_rst, server_sent_fin;
    bool server_spoke, tls; // its first data says whether what follows is TLS
};

// What reached the client and what it said of it have the same moment, but for the order in which two clocks
// were read.
#define MOMENT_US 20

static int64_t before_answer(const struct course *course, const struct atlas_packet *packet)
{
    int64_t before_us = course->answered_us - packet->at_us;
    return before_us > 0 ? before_us : 0;
}

static bool later(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) > 0;
}

static uint32_t end_of(const struct atlas_packet *packet)
{
    return packet->seq + packet->payload_length + ((packet->flags & TH_SYN) != 0) +
           ((packet->flags & TH_FIN) != 0);
}

static void follow_client(struct course *course, const struct atlas_packet *packet)
{
    struct atlas_evidence *evidence = course->evidence;
    if (packet->flags & TH_RST)
        return;
    bool probe = packet->payload_length == 0 && packet->seq == course->client_next - 1;
    if (packet->payload_length > 0 || probe)
        evidence->asked_us = before_answer(course, packet);
    if (packet->flags & TH_SYN) {
        evidence->syns++;
        course->client_next = course->acknowledged = end_of(packet);
    } else if (later(end_of(packet), course->client_next)) {
        course->client_next = end_of(packet);
    } else {
        evidence->retransmissions += packet->payload_length > 0;
        evidence->keepalives += probe;
    }
}

static void note_first(int64_t *moment_us, int64_t before_us)
{
    if (*moment_us == ATLAS_NEVER)
        *moment_us = before_us;
}

// In a stream of TLS any byte may look like a message of PostgreSQL's.
static void follow_words(struct course *course, const struct atlas_packet *packet, int64_t before_us)
{
    struct atlas_evidence *evidence = course->evidence;
    evidence->heard_data_us = before_us;
    course->tls = course->tls || (!course->server_spoke && packet->starts_tls);
    course->server_spoke = true;
    if (course->tls ? packet->alert : packet->error_response)
        evidence->goodbye = true;
}

// What reached the client.
static void follow_server(struct course *course, const struct atlas_packet *packet)
{
    struct atlas_evidence *evidence = course->evidence;
    int64_t before_us = before_answer(course, packet);
    evidence->heard_us = before_us;
    evidence->keepalives = 0;
    if (packet->payload_length > 0)
        follow_words(course, packet, before_us);
    if ((packet->flags & TH_ACK) && later(packet->ack, course->acknowledged)) {
        course->acknowledged = packet->ack;
        evidence->retransmissions = 0;
    }
    if ((packet->flags & TH_SYN) != 0)
        evidence->established = true;
    if ((packet->flags & TH_RST) && evidence->rst_us == ATLAS_NEVER)
        evidence->rst_forged = !course->server_sent_rst || course->server_rst != packet->seq;
    if ((packet->flags & TH_FIN) && evidence->fin_us == ATLAS_NEVER)
        evidence->fin_forged = !course->server_sent_fin || course->server_fin != end_of(packet);
    if (packet->flags & TH_RST)
        note_first(&evidence->rst_us, before_us);
    if (packet->flags & TH_FIN)
        note_first(&evidence->fin_us, before_us);
}

static void note_server(struct course *course, const struct atlas_packet *packet)
{
    if (packet->flags & TH_RST) {
        course->server_sent_rst = true;
        course->server_rst = packet->seq;
    }
    if (packet->flags & TH_FIN) {
        course->server_sent_fin = true;
        course->server_fin = end_of(packet);
    }
}

static void follow_packet(struct course *course, const struct atlas_packet *packet)
{
    if (packet->icmp && packet->leaving)
        note_first(&course->evidence->icmp_us, before_answer(course, packet));
    if (packet->icmp)
        return;
    if (packet->to_db && !packet->leaving)
        follow_client(course, packet);
    if (!packet->to_db && !packet->leaving)
        note_server(course, packet);
    if (!packet->to_db && packet->leaving)
        follow_server(course, packet);
}

struct atlas_evidence atlas_evidence_none(void)
{
    return (struct atlas_evidence){.fin_us = ATLAS_NEVER,
        .rst_us = ATLAS_NEVER,
        .icmp_us = ATLAS_NEVER,
        .heard_us = ATLAS_NEVER,
        .heard_data_us = ATLAS_NEVER,
        .asked_us = ATLAS_NEVER};
}

struct atlas_evidence atlas_evidence_of(const struct atlas_packets *packets, size_t syn, int64_t answered_us)
{
    struct atlas_evidence evidence = atlas_evidence_none();
    const struct atlas_packet *first = &packets->items[syn];
    struct course course = {.evidence = &evidence, .answered_us = answered_us};
    for (size_t i = syn; i < packets->count && packets->items[i].at_us <= answered_us + MOMENT_US; i++) {
        const struct atlas_packet *packet = &packets->items[i];
        if (packet->app_port != first->app_port)
            continue;
        if (is_syn(packet) && packet->seq != first->seq)
            break; // the port is used again
        follow_packet(&course, packet);
    }
    evidence.unacknowledged = (int64_t)(uint32_t)(course.client_next - course.acknowledged);
    return evidence;
}
