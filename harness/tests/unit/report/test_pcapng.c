// The capture for Wireshark: libpcap reads it, and a packet that was swallowed says so.
#include "report/pcapng.h"

#include "base/directory.h"
#include "base/path.h"
#include "tests/unit/base/opened.h"
#include "tests/unit/result/sample_files.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <pcap/pcap.h>
#include <pcap/sll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ZERO_S 1798761600L

struct sample_packet {
    struct sll2_header link;
    struct iphdr ip;
    struct tcphdr tcp;
    char payload[36];
} __attribute__((packed));

static void write_capture(const char *path)
{
    struct sample_packet packet = {
        .link = {.sll2_protocol = htons(ETHERTYPE_IP)},
        .ip = {.version = 4,
            .ihl = 5,
            .protocol = IPPROTO_TCP,
            .tot_len = htons(sizeof(packet) - sizeof(packet.link)),
            .saddr = inet_addr("192.0.2.2"),
            .daddr = inet_addr("198.51.100.2")},
        .tcp = {.source = htons(46550), .dest = htons(5432), .doff = 5, .ack = 1},
    };
    const struct pcap_pkthdr header = {
        .ts = {.tv_sec = ZERO_S + 100}, .caplen = sizeof(packet), .len = sizeof(packet)};
    pcap_t *pcap = pcap_open_dead_with_tstamp_precision(DLT_LINUX_SLL2, 65535, PCAP_TSTAMP_PRECISION_NANO);
    pcap_dumper_t *dumper = pcap_dump_open(pcap, path);
    pcap_dump((u_char *)dumper, &header, (const u_char *)&packet);
    pcap_dump_close(dumper);
    pcap_close(pcap);
}

static void print_capture(const char *path, const struct folder *folder)
{
    static struct scenario scenario = {.name = "idle/silence"};
    static struct cell cell = {.scenario = &scenario};
    struct error error = {0};
    struct story *story = story_new(&cell, folder, &error);
    assert_non_null(story);
    FILE *file = fopen(path, "we");
    assert_true(why_print_pcapng(file, story, folder, &error));
    fclose(file);
    story_free(story);
}

static void what_was_swallowed_says_so(void **state)
{
    (void)state;
    char folder[] = "/tmp/hangup-test-XXXXXX", capture[PATH_MAX], printed[PATH_MAX], why[PCAP_ERRBUF_SIZE],
         bytes[4096];
    assert_non_null(mkdtemp(folder));
    sample_capture_and_log(folder);
    sample_file(folder, "events.jsonl",
        "{\"at_us\":-1,\"event\":\"lab\",\"zero_realtime_us\":1798761600000000}\n"
        "{\"at_us\":60000000,\"event\":\"fault-applied\",\"fault\":0,\"kind\":\"silence\",\"argument\":\"both\"}\n"
        "{\"at_us\":200000000,\"event\":\"end\",\"reason\":\"done\"}\n");
    sample_file(folder, "tls-keys.log", "CLIENT_RANDOM 00 11\n");
    write_capture(path_format(capture, "%s/capture.pcap", folder));
    struct folder cell = opened(folder);
    print_capture(path_format(printed, "%s/x.pcapng", folder), &cell);
    pcap_t *pcap = pcap_open_offline(printed, why);
    assert_non_null(pcap);
    struct pcap_pkthdr header;
    assert_non_null(pcap_next(pcap, &header));
    assert_int_equal(header.len, sizeof(struct sample_packet));
    assert_int_equal(header.ts.tv_sec, ZERO_S + 100);
    assert_null(pcap_next(pcap, &header));
    pcap_close(pcap);
    FILE *file = fopen(printed, "re");
    size_t length = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    for (const char *const *part = (const char *const[]){"app side", "db side",
             "fault: silence both, since t=60.000 s; swallowed on the path: silence", "KSLT\x14",
             "CLIENT_RANDOM 00 11\n", NULL};
        *part; part++)
        assert_non_null(memmem(bytes, length, *part, strlen(*part)));
    folder_close(&cell);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_swallowed_says_so),
    };
    return cmocka_run_group_tests_name("pcapng", tests, NULL, NULL);
}
