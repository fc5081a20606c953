// The wire: small captures, built packet by packet, and what must be counted in them.
#include "contract/addresses.h"
#include "trace/wire.h"

#include "tests/unit/base/temporary_file.h"

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <pcap/pcap.h>
#include <pcap/sll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define APP_PORT 40000

enum side { ENTERS = LINUX_SLL_HOST, LEAVES = LINUX_SLL_OUTGOING };

enum towards { APP, DB };

// One packet of a table: what the builder needs, and nothing else.
struct sample {
    int64_t at_us;
    enum side side;
    enum towards towards;
    uint8_t flags;
    uint32_t seq, ack;
    const char *payload;
    uint16_t ip_id;
    uint16_t app_port; // 0: APP_PORT
    uint16_t db_port;  // 0: 5432
};

struct frame {
    struct sll2_header link;
    struct iphdr ip;
    struct tcphdr tcp;
    char payload[64];
} __attribute__((packed));

static size_t build_frame(const struct sample *sample, struct frame *frame)
{
    size_t payload = sample->payload ? strlen(sample->payload) : 0;
    bool leaves = sample->side == LEAVES;
    uint16_t app = htons(sample->app_port ? sample->app_port : APP_PORT);
    uint16_t db = htons(sample->db_port ? sample->db_port : 5432);
    memset(frame, 0, sizeof(*frame));
    frame->link.sll2_protocol = htons(0x0800);
    frame->link.sll2_if_index = htonl((sample->towards == DB) == leaves ? 3 : 2);
    frame->link.sll2_pkttype = (uint8_t)sample->side;
    frame->ip.version = 4;
    frame->ip.ihl = 5;
    frame->ip.tot_len = htons((uint16_t)(sizeof(frame->ip) + sizeof(frame->tcp) + payload));
    frame->ip.id = htons(sample->ip_id);
    frame->ip.ttl = leaves ? 63 : 64; // what a router changes must not matter
    frame->ip.check = leaves ? 0x1111 : 0x2222;
    frame->ip.protocol = IPPROTO_TCP;
    frame->ip.saddr = inet_addr(sample->towards == DB ? LAB_APP_ADDRESS : LAB_DB_ADDRESS);
    frame->ip.daddr = inet_addr(sample->towards == DB ? LAB_DB_ADDRESS : LAB_APP_ADDRESS);
    frame->tcp.source = sample->towards == DB ? app : db;
    frame->tcp.dest = sample->towards == DB ? db : app;
    frame->tcp.seq = htonl(sample->seq);
    frame->tcp.ack_seq = htonl(sample->ack);
    frame->tcp.doff = 5;
    frame->tcp.th_flags = sample->flags;
    frame->tcp.check = leaves ? 0x3333 : 0x4444;
    memcpy(frame->payload, sample->payload ? sample->payload : "", payload);
    return offsetof(struct frame, payload) + payload;
}

static void dump_frame(pcap_dumper_t *dump, int64_t at_us, const struct frame *frame, size_t length)
{
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)length, .len = (bpf_u_int32)length};
    header.ts.tv_sec = at_us / 1000000;
    header.ts.tv_usec = at_us % 1000000 * 1000; // nanoseconds: the capture was opened for them
    pcap_dump((u_char *)dump, &header, (const u_char *)frame);
}

static void write_capture(const char *path, int link_type, const struct sample *samples, size_t count)
{
    pcap_t *pcap = pcap_open_dead_with_tstamp_precision(link_type, 65535, PCAP_TSTAMP_PRECISION_NANO);
    pcap_dumper_t *dump = pcap_dump_open(pcap, path);
    for (size_t i = 0; i < count; i++) {
        struct frame frame;
        size_t length = build_frame(&samples[i], &frame);
        dump_frame(dump, samples[i].at_us, &frame, length);
    }
    pcap_dump_close(dump);
    pcap_close(pcap);
}

static bool count_path(const char *path, int64_t until_ns, struct wire_counts *counts, struct error *error)
{
    struct folder_file file;
    if (!folder_open_path(path, &file, ERROR_LAB, error))
        return false;
    bool counted = trace_wire_count(&file, (struct wire_question){until_ns, 0}, counts, error);
    folder_close_file(&file);
    return counted;
}

#define SYNS_MAX 8

static int64_t syns_at_ns[SYNS_MAX]; // of the capture that was counted last

// Of what the counts own only the number is left.
static struct wire_counts count_samples(const struct sample *samples, size_t count)
{
    char path[] = "/tmp/hangup-test-XXXXXX";
    struct wire_counts counts = {0};
    struct error error = {0};
    temporary_file(path, "", 0);
    write_capture(path, DLT_LINUX_SLL2, samples, count);
    bool counted = count_path(path, INT64_MAX, &counts, &error);
    unlink(path);
    assert_string_equal(error.text, "");
    assert_true(counted);
    struct wire_counts kept = counts;
    for (size_t i = 0; i < counts.syns_count && i < SYNS_MAX; i++)
        syns_at_ns[i] = counts.syns_at_ns[i];
    kept.syns_at_ns = NULL;
    wire_counts_clear(&counts);
    assert_null(counts.syns_at_ns);
    return kept;
}

#define COUNT(...)                                                                                           \
    count_samples((const struct sample[]){__VA_ARGS__},                                                      \
        sizeof((const struct sample[]){__VA_ARGS__}) / sizeof(struct sample))

#define ENTER(dir, bits, number, ...)                                                                        \
    {.side = ENTERS, .towards = (dir), .flags = (bits), .seq = (number), __VA_ARGS__}
#define LEAVE(dir, bits, number, ...)                                                                        \
    {.side = LEAVES, .towards = (dir), .flags = (bits), .seq = (number), __VA_ARGS__}

static void forwarded_packets_are_not_swallowed(void **state)
{
    (void)state;
    struct wire_counts counts = COUNT(ENTER(DB, TH_ACK, 1, .payload = "hello"),
        LEAVE(DB, TH_ACK, 1, .payload = "hello"), ENTER(APP, TH_ACK, 1), LEAVE(APP, TH_ACK, 1));
    assert_int_equal(counts.packets, 2);
    assert_int_equal(counts.swallowed, 0);
    assert_int_equal(counts.rst_to_app + counts.rst_to_db + counts.fin_to_app + counts.fin_to_db, 0);
    assert_int_equal(counts.handshake_rtt_us, -1);
}

static void counts_the_swallowed(void **state)
{
    (void)state;
    // A retransmission that differs only in its IP id, and of two that are the same one gets through.
    struct wire_counts counts = COUNT(ENTER(DB, TH_ACK, 1, .ip_id = 1), ENTER(DB, TH_ACK, 1, .ip_id = 2),
        LEAVE(DB, TH_ACK, 1, .ip_id = 2), ENTER(APP, TH_ACK, 9), ENTER(APP, TH_ACK, 9),
        LEAVE(APP, TH_ACK, 9));
    assert_int_equal(counts.packets, 4);
    assert_int_equal(counts.swallowed, 2);
}

static void the_same_packet_in_the_other_direction_is_another(void **state)
{
    (void)state;
    assert_int_equal(COUNT(ENTER(DB, TH_ACK, 1), LEAVE(APP, TH_ACK, 1)).swallowed, 1);
}

static void a_duplicate_hides_no_loss(void **state)
{
    (void)state;
    struct wire_counts counts = COUNT(
        ENTER(DB, TH_ACK, 1), LEAVE(DB, TH_ACK, 1), LEAVE(DB, TH_ACK, 1), ENTER(DB, TH_ACK, 2));
    assert_int_equal(counts.swallowed, 1);
}

static void a_corrupted_packet_is_swallowed(void **state)
{
    (void)state;
    struct wire_counts counts = COUNT(
        ENTER(DB, TH_ACK, 1, .payload = "hello"), LEAVE(DB, TH_ACK, 1, .payload = "jello"));
    assert_int_equal(counts.swallowed, 1);
}

static void forged_resets_are_counted_where_they_leave(void **state)
{
    (void)state;
    struct wire_counts counts = COUNT(LEAVE(APP, TH_RST, 5), LEAVE(DB, TH_RST | TH_ACK, 6),
        LEAVE(DB, TH_RST, 7), ENTER(APP, TH_RST, 8)); // swallowed on its way
    assert_int_equal(counts.packets, 1);
    assert_int_equal(counts.rst_to_app, 1);
    assert_int_equal(counts.rst_to_db, 2);
    assert_int_equal(counts.swallowed, 1);
}

static void a_fin_counts_once(void **state)
{
    (void)state;
    // The retransmission carries the data before it, too: its FIN has the same number.
    struct wire_counts counts = COUNT(LEAVE(APP, TH_FIN | TH_ACK, 15), LEAVE(APP, TH_FIN | TH_ACK, 15),
        LEAVE(APP, TH_FIN | TH_ACK, 10, .payload = "hello"),
        LEAVE(APP, TH_FIN | TH_ACK, 15, .app_port = 40001), LEAVE(DB, TH_FIN | TH_ACK, 15),
        ENTER(DB, TH_FIN | TH_ACK, 99));
    assert_int_equal(counts.fin_to_app, 2);
    assert_int_equal(counts.fin_to_db, 1);
}

static void other_traffic_does_not_count(void **state)
{
    (void)state;
    struct wire_counts counts = COUNT(
        ENTER(DB, TH_SYN, 1, .db_port = 5433), LEAVE(APP, TH_RST, 1, .db_port = 80));
    assert_int_equal(counts.packets + counts.swallowed + counts.rst_to_app, 0);
}

#define HANDSHAKE(start, port, rtt)                                                                          \
    {start, ENTERS, DB, TH_SYN, 100, 0, NULL, 0, port, 0},                                                   \
        {(start) + (rtt) / 2, ENTERS, APP, TH_SYN | TH_ACK, 500, 101, NULL, 0, port, 0},                     \
        {(start) + (rtt), ENTERS, DB, TH_ACK, 101, 501, NULL, 0, port, 0}

static void measures_the_shortest_handshake(void **state)
{
    (void)state;
    assert_int_equal(COUNT(HANDSHAKE(0, 1, 12000), HANDSHAKE(5000000, 2, 10004), HANDSHAKE(9000000, 3, 11000))
                         .handshake_rtt_us,
        10004);
}

static void retransmitted_handshakes_are_not_measured(void **state)
{
    (void)state;
    assert_int_equal(
        COUNT({0, ENTERS, DB, TH_SYN, 100, 0, NULL, 0, 0, 0}, HANDSHAKE(1000000, 0, 10000)).handshake_rtt_us,
        -1);
    assert_int_equal(COUNT({0, ENTERS, DB, TH_SYN, 100, 0, NULL, 0, 0, 0},
                         {5000, ENTERS, APP, TH_SYN | TH_ACK, 500, 101, NULL, 0, 0, 0},
                         {1005000, ENTERS, APP, TH_SYN | TH_ACK, 500, 101, NULL, 0, 0, 0},
                         {1010000, ENTERS, DB, TH_ACK, 101, 501, NULL, 0, 0, 0})
                         .handshake_rtt_us,
        -1);
    // The same port again, for another connection, is measured.
    assert_int_equal(
        COUNT({0, ENTERS, DB, TH_SYN, 7, 0, NULL, 0, 0, 0}, HANDSHAKE(1000000, 0, 10000)).handshake_rtt_us,
        10000);
    // Acknowledges something else.
    assert_int_equal(COUNT({0, ENTERS, DB, TH_SYN, 100, 0, NULL, 0, 0, 0},
                         {5000, ENTERS, APP, TH_SYN | TH_ACK, 500, 101, NULL, 0, 0, 0},
                         {10000, ENTERS, DB, TH_ACK, 101, 999, NULL, 0, 0, 0})
                         .handshake_rtt_us,
        -1);
}

// Breaks with: a SYN that counts where it leaves, too, an answer taken for one, another port's, a repetition
// left out, or a time in other units.
static void every_attempt_to_connect_has_its_time(void **state)
{
    (void)state;
    const struct wire_counts counts = COUNT({10, ENTERS, DB, TH_SYN, 1, 0, NULL, 0, 1, 0},
        {11, LEAVES, DB, TH_SYN, 1, 0, NULL, 0, 1, 0},
        {12, ENTERS, APP, TH_SYN | TH_ACK, 7, 2, NULL, 0, 1, 0},
        {13, ENTERS, DB, TH_ACK, 2, 8, NULL, 0, 1, 0}, {14, ENTERS, APP, TH_SYN, 1, 0, NULL, 0, 1, 0},
        {15, ENTERS, DB, TH_SYN, 1, 0, NULL, 0, 1, 5433}, {1000020, ENTERS, DB, TH_SYN, 1, 0, NULL, 0, 2, 0},
        {2000020, ENTERS, DB, TH_SYN, 1, 0, NULL, 1, 2, 0});
    assert_int_equal(counts.syns_count, 3);
    assert_int_equal(counts.attempts, 2); // the last one repeats the one before
    assert_int_equal(syns_at_ns[0], 10000);
    assert_int_equal(syns_at_ns[1], 1000020000);
    assert_int_equal(syns_at_ns[2], 2000020000);
}

static void what_comes_after_the_timeline_does_not_count(void **state)
{
    (void)state;
    const struct sample samples[] = {
        {.at_us = 10, .side = ENTERS, .towards = DB, .flags = TH_ACK, .seq = 1},
        {.at_us = 19, .side = ENTERS, .towards = DB, .flags = TH_ACK, .seq = 2},
        {.at_us = 20, .side = LEAVES, .towards = APP, .flags = TH_RST, .seq = 3},
        {.at_us = 21,
            .side = LEAVES,
            .towards = DB,
            .flags = TH_ACK,
            .seq = 2}, // entered in time: not swallowed
        {.at_us = 22, .side = ENTERS, .towards = DB, .flags = TH_FIN, .seq = 4},
        {.at_us = 23, .side = LEAVES, .towards = DB, .flags = TH_FIN, .seq = 4},
        {.at_us = 24, .side = LEAVES, .towards = APP, .flags = TH_RST, .seq = 5},
        {.at_us = 25, .side = ENTERS, .towards = DB, .flags = TH_SYN, .seq = 6},
    };
    char path[] = "/tmp/hangup-test-XXXXXX";
    struct wire_counts counts = {0};
    struct error error = {0};
    temporary_file(path, "", 0);
    write_capture(path, DLT_LINUX_SLL2, samples, sizeof(samples) / sizeof(samples[0]));
    assert_true(count_path(path, 20000, &counts, &error));
    unlink(path);
    assert_int_equal(counts.packets, 2);
    assert_int_equal(counts.swallowed, 1);
    assert_int_equal(counts.rst_to_app, 1);
    assert_int_equal(counts.fin_to_db, 0);
    assert_int_equal(counts.syns_count, 0);
}

static void refuse(const char *bytes, size_t length, const char *why)
{
    char path[] = "/tmp/hangup-test-XXXXXX";
    struct wire_counts counts = {0};
    struct error error = {0};
    temporary_file(path, bytes, length);
    assert_false(count_path(path, INT64_MAX, &counts, &error));
    unlink(path);
    assert_int_equal(error.category, ERROR_LAB);
    assert_non_null(strstr(error.text, path));
    assert_non_null(strstr(error.text, why));
}

static void garbage_is_refused(void **state)
{
    (void)state;
    struct wire_counts counts = {0};
    struct error error = {0};
    refuse("", 0, "truncated");
    refuse("this is no capture, whatever it is called", 41, "unknown file format");
    assert_false(count_path("/nowhere/capture.pcap", INT64_MAX, &counts, &error));
    assert_string_equal(error.text, "/nowhere/capture.pcap: No such file or directory");

    char path[] = "/tmp/hangup-test-XXXXXX";
    temporary_file(path, "", 0);
    write_capture(path, DLT_EN10MB, NULL, 0);
    assert_false(count_path(path, INT64_MAX, &counts, &error));
    assert_non_null(strstr(error.text, "link type 1, expected LINUX_SLL2"));
    unlink(path);
}

// The length of a packet is believed only as far as the lab can write it.
static void a_packet_longer_than_any_is_refused(void **state)
{
    (void)state;
    char path[] = "/tmp/hangup-test-XXXXXX";
    temporary_file(path, "", 0);
    write_capture(path, DLT_LINUX_SLL2, NULL, 0);
    const uint32_t record[] = {0, 0, 65536, 65536};
    FILE *file = fopen(path, "ae");
    fwrite(record, sizeof(record), 1, file);
    fclose(file);
    struct wire_counts counts = {0};
    struct error error = {0};
    assert_false(count_path(path, INT64_MAX, &counts, &error));
    assert_non_null(strstr(error.text, "a packet of 65536 bytes"));
    unlink(path);
}

static size_t read_bytes(const char *path, char *bytes, size_t size)
{
    FILE *file = fopen(path, "re");
    size_t length = fread(bytes, 1, size, file);
    fclose(file);
    return length;
}

// A killed guest tears the capture anywhere: between packets it is read, elsewhere refused.
static void every_truncation_is_read_or_refused(void **state)
{
    (void)state;
    const struct sample samples[] = {HANDSHAKE(0, 0, 10000), ENTER(DB, TH_ACK, 1, .payload = "hello")};
    char path[] = "/tmp/hangup-test-XXXXXX", bytes[4096];
    temporary_file(path, "", 0);
    write_capture(path, DLT_LINUX_SLL2, samples, 4);
    size_t whole = read_bytes(path, bytes, sizeof(bytes));
    unlink(path);
    int64_t read = 0;
    for (size_t length = 0; length <= whole; length++) {
        char torn[] = "/tmp/hangup-test-XXXXXX";
        struct wire_counts counts = {0};
        struct error error = {0};
        temporary_file(torn, bytes, length);
        bool counted = count_path(torn, INT64_MAX, &counts, &error);
        unlink(torn);
        if (!counted)
            continue;
        assert_int_equal(counts.packets, read++);
        wire_counts_clear(&counts);
    }
    assert_int_equal(read, 5);
}

// Each byte of a packet broken in turn, and each packet cut at each length: any count will do, no crash.
static void broken_packets_do_no_harm(void **state)
{
    (void)state;
    const struct sample sample = ENTER(DB, TH_ACK, 1, .payload = "hello");
    struct frame frame;
    size_t length = build_frame(&sample, &frame);
    char path[] = "/tmp/hangup-test-XXXXXX";
    temporary_file(path, "", 0);
    pcap_t *pcap = pcap_open_dead_with_tstamp_precision(DLT_LINUX_SLL2, 65535, PCAP_TSTAMP_PRECISION_NANO);
    pcap_dumper_t *dump = pcap_dump_open(pcap, path);
    static const uint8_t masks[] = {0xff, 0x0f, 0xf0, 0x01, 0x80};
    for (size_t i = 0; i < length; i++) {
        dump_frame(dump, 0, &frame, i);
        for (size_t j = 0; j < sizeof(masks); j++) {
            ((uint8_t *)&frame)[i] ^= masks[j];
            dump_frame(dump, 0, &frame, length);
            ((uint8_t *)&frame)[i] ^= masks[j];
        }
    }
    pcap_dump_close(dump);
    pcap_close(pcap);
    struct wire_counts counts = {0};
    struct error error = {0};
    assert_true(count_path(path, INT64_MAX, &counts, &error));
    assert_true(counts.packets > 0);
    wire_counts_clear(&counts);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forwarded_packets_are_not_swallowed),
        cmocka_unit_test(counts_the_swallowed),
        cmocka_unit_test(the_same_packet_in_the_other_direction_is_another),
        cmocka_unit_test(a_duplicate_hides_no_loss),
        cmocka_unit_test(a_corrupted_packet_is_swallowed),
        cmocka_unit_test(forged_resets_are_counted_where_they_leave),
        cmocka_unit_test(a_fin_counts_once),
        cmocka_unit_test(other_traffic_does_not_count),
        cmocka_unit_test(measures_the_shortest_handshake),
        cmocka_unit_test(retransmitted_handshakes_are_not_measured),
        cmocka_unit_test(every_attempt_to_connect_has_its_time),
        cmocka_unit_test(what_comes_after_the_timeline_does_not_count),
        cmocka_unit_test(garbage_is_refused),
        cmocka_unit_test(a_packet_longer_than_any_is_refused),
        cmocka_unit_test(every_truncation_is_read_or_refused),
        cmocka_unit_test(broken_packets_do_no_harm),
    };
    return cmocka_run_group_tests_name("trace_wire", tests, NULL, NULL);
}
