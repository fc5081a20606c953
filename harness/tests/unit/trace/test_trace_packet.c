// Packets taken apart: every field, every length at which one can be cut, everything that is not IPv4 TCP.
#include "trace/packet.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <pcap/sll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINK_BYTES 20 // what a LINKTYPE_LINUX_SLL2 header takes

struct sample {
    uint16_t link_protocol;
    uint8_t link_type, ip_version, ip_words, ip_protocol, tcp_words;
    uint8_t flags;
    uint16_t payload;
};

static const struct sample plain = {ETHERTYPE_IP, LINUX_SLL_HOST, 4, 5, IPPROTO_TCP, 5, TH_ACK | TH_PUSH, 7};

static size_t headers_of(const struct sample *sample)
{
    return LINK_BYTES + 4 * (size_t)sample->ip_words + 4 * (size_t)sample->tcp_words;
}

// The caller frees it. Allocated to the byte, so that AddressSanitizer sees a read behind its end.
static uint8_t *build(const struct sample *sample, size_t *length)
{
    *length = headers_of(sample) + sample->payload;
    size_t room = *length < 60 ? 60 : *length; // a header may claim less than it takes
    uint8_t *data = calloc(1, room);
    assert_non_null(data);
    struct sll2_header link = {
        .sll2_protocol = htons(sample->link_protocol), .sll2_pkttype = sample->link_type};
    struct iphdr ip = {.version = sample->ip_version & 0xf,
        .ihl = sample->ip_words & 0xf,
        .tot_len = htons((uint16_t)(*length - LINK_BYTES)),
        .protocol = sample->ip_protocol,
        .saddr = htonl(0xc0000202),
        .daddr = htonl(0xc6336402)};
    struct tcphdr tcp = {.source = htons(40000),
        .dest = htons(5432),
        .seq = htonl(0xfffffff0),
        .ack_seq = htonl(0x80000001),
        .doff = sample->tcp_words & 0xf};
    tcp.th_flags = sample->flags;
    size_t tcp_at = LINK_BYTES + (sample->ip_words < 5 ? 20 : 4 * (size_t)sample->ip_words);
    memcpy(data, &link, sizeof(link));
    memcpy(data + LINK_BYTES, &ip, sizeof(ip));
    memcpy(data + tcp_at, &tcp, sizeof(tcp));
    *length = room;
    return data;
}

static bool parse(const struct sample *sample, struct trace_packet *packet)
{
    size_t length;
    uint8_t *data = build(sample, &length);
    bool parsed = trace_packet_parse(data, length, packet);
    free(data);
    return parsed;
}

// Breaks with: a field in network byte order, source and destination mixed up.
static void reads_every_field(void **state)
{
    (void)state;
    struct trace_packet packet;
    assert_true(parse(&plain, &packet));
    assert_false(packet.leaving);
    assert_int_equal(packet.source, 0xc0000202);
    assert_int_equal(packet.destination, 0xc6336402);
    assert_int_equal(packet.source_port, 40000);
    assert_int_equal(packet.destination_port, 5432);
    assert_int_equal(packet.seq, 0xfffffff0);
    assert_int_equal(packet.ack, 0x80000001);
    assert_int_equal(packet.flags, TH_ACK | TH_PUSH);
    assert_int_equal(packet.payload_length, 7);
}

// Breaks with: payload counted from the captured bytes, headers taken to be 20 bytes long.
static void options_are_no_payload(void **state)
{
    (void)state;
    for (uint8_t ip_words = 5; ip_words <= 15; ip_words++)
        for (uint8_t tcp_words = 5; tcp_words <= 15; tcp_words++) {
            struct sample sample = plain;
            sample.ip_words = ip_words;
            sample.tcp_words = tcp_words;
            struct trace_packet packet;
            assert_true(parse(&sample, &packet));
            assert_int_equal(packet.destination_port, 5432);
            assert_int_equal(packet.payload_length, 7);
        }
}

// Breaks with: a length check left out (AddressSanitizer sees it), or one that asks for too much. TCP's
// options and the payload are not read, so that a packet may end in them.
static void a_cut_header_is_refused(void **state)
{
    (void)state;
    for (uint8_t ip_words = 5; ip_words <= 15; ip_words++) {
        struct sample sample = plain;
        sample.ip_words = ip_words;
        size_t whole;
        uint8_t *data = build(&sample, &whole);
        for (size_t length = 0; length <= whole; length++) {
            uint8_t *cut = malloc(length + 1); // malloc(0) may be NULL
            assert_non_null(cut);
            memcpy(cut + 1, data, length); // to the last byte of the allocation
            struct trace_packet packet;
            bool enough = length >= LINK_BYTES + 4 * (size_t)ip_words + 20;
            assert_int_equal(trace_packet_parse(cut + 1, length, &packet), enough);
            free(cut);
        }
        free(data);
    }
}

// Breaks with: any of the checks left out.
static void refuses_what_is_not_ipv4_tcp(void **state)
{
    (void)state;
    static const struct sample others[] = {
        {ETHERTYPE_IPV6, LINUX_SLL_HOST, 4, 5, IPPROTO_TCP, 5, TH_ACK, 0},
        {ETHERTYPE_ARP, LINUX_SLL_HOST, 4, 5, IPPROTO_TCP, 5, TH_ACK, 0},
        {ETHERTYPE_IP, LINUX_SLL_HOST, 6, 5, IPPROTO_TCP, 5, TH_ACK, 0},
        {ETHERTYPE_IP, LINUX_SLL_HOST, 4, 4, IPPROTO_TCP, 5, TH_ACK, 0},
        {ETHERTYPE_IP, LINUX_SLL_HOST, 4, 0, IPPROTO_TCP, 5, TH_ACK, 0},
        {ETHERTYPE_IP, LINUX_SLL_HOST, 4, 5, IPPROTO_UDP, 5, TH_ACK, 0},
        {ETHERTYPE_IP, LINUX_SLL_HOST, 4, 5, IPPROTO_ICMP, 5, TH_ACK, 0},
        {ETHERTYPE_IP, LINUX_SLL_HOST, 4, 5, IPPROTO_TCP, 4, TH_ACK, 0},
        {ETHERTYPE_IP, LINUX_SLL_HOST, 4, 5, IPPROTO_TCP, 0, TH_ACK, 0},
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct trace_packet packet;
        assert_false(parse(&others[i], &packet));
    }
}

// Breaks with: a length that wraps below zero into four billion bytes of payload.
static void refuses_a_total_shorter_than_its_headers(void **state)
{
    (void)state;
    size_t length;
    uint8_t *data = build(&plain, &length);
    struct trace_packet packet;
    for (uint16_t total = 0; total < 40; total++) {
        const uint16_t net = htons(total);
        memcpy(data + LINK_BYTES + 2, &net, sizeof(net));
        assert_false(trace_packet_parse(data, length, &packet));
    }
    const uint16_t net = htons(40);
    memcpy(data + LINK_BYTES + 2, &net, sizeof(net));
    assert_true(trace_packet_parse(data, length, &packet));
    assert_int_equal(packet.payload_length, 0); // what stands behind the total is a link's padding
    free(data);
}

// Breaks with: any other packet type taken for one that leaves.
static void tells_entering_from_leaving(void **state)
{
    (void)state;
    static const uint8_t types[] = {
        LINUX_SLL_HOST, LINUX_SLL_BROADCAST, LINUX_SLL_MULTICAST, LINUX_SLL_OTHERHOST, LINUX_SLL_OUTGOING};
    for (size_t i = 0; i < sizeof(types); i++) {
        struct sample sample = plain;
        sample.link_type = types[i];
        struct trace_packet packet;
        assert_true(parse(&sample, &packet));
        assert_int_equal(packet.leaving, types[i] == LINUX_SLL_OUTGOING);
    }
}

// Breaks with: SYN or FIN not counted, RST counted.
static void counts_sequence_space(void **state)
{
    (void)state;
    static const struct {
        uint8_t flags;
        uint16_t payload;
        uint32_t expected;
    } table[] = {
        {TH_ACK, 0, 0},
        {TH_ACK, 9, 9},
        {TH_SYN, 0, 1},
        {TH_SYN | TH_ACK, 0, 1},
        {TH_FIN | TH_ACK, 0, 1},
        {TH_FIN | TH_ACK | TH_PUSH, 9, 10},
        {TH_SYN | TH_FIN, 3, 5},
        {TH_RST, 0, 0},
        {TH_RST | TH_ACK, 0, 0},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct sample sample = plain;
        sample.flags = table[i].flags;
        sample.payload = table[i].payload;
        struct trace_packet packet;
        assert_true(parse(&sample, &packet));
        assert_int_equal(trace_packet_sequence_length(&packet), table[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(options_are_no_payload),
        cmocka_unit_test(a_cut_header_is_refused),
        cmocka_unit_test(refuses_what_is_not_ipv4_tcp),
        cmocka_unit_test(refuses_a_total_shorter_than_its_headers),
        cmocka_unit_test(tells_entering_from_leaving),
        cmocka_unit_test(counts_sequence_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
