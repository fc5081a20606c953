// Builds and sends forged segments.
#include "lab/inject.h"

#include "base/clock.h"
#include "lab/network.h"
#include "net/link.h"

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct pseudo_header {
    uint32_t source, destination;
    uint8_t zero, protocol;
    uint16_t length;
};

// RFC 9293: without a right checksum the target drops the packet unseen.
static uint16_t tcp_checksum(const struct iphdr *ip, const struct tcphdr *tcp)
{
    const struct pseudo_header pseudo = {.source = ip->saddr,
        .destination = ip->daddr,
        .protocol = IPPROTO_TCP,
        .length = htons(sizeof(*tcp))};
    uint16_t words[(sizeof(pseudo) + sizeof(*tcp)) / sizeof(uint16_t)];
    memcpy(words, &pseudo, sizeof(pseudo));
    memcpy((uint8_t *)words + sizeof(pseudo), tcp, sizeof(*tcp));
    uint32_t sum = 0;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        sum += words[i];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum; // one's complement sums do not mind the byte order
}

void lab_forged_build(
    const struct trace_flow *flow, const struct lab_forged *forged, uint8_t packet[static LAB_FORGED_LENGTH])
{
    bool to_app = forged->to_app;
    struct iphdr ip = {
        .version = 4,
        .ihl = sizeof(ip) / 4,
        .tot_len = htons(LAB_FORGED_LENGTH),
        .ttl = 64,
        .protocol = IPPROTO_TCP,
        .saddr = htonl(to_app ? flow->server_address : flow->client_address),
        .daddr = htonl(to_app ? flow->client_address : flow->server_address),
    };
    struct tcphdr tcp = {
        .source = htons(to_app ? flow->server_port : flow->client_port),
        .dest = htons(to_app ? flow->client_port : flow->server_port),
        .seq = htonl(forged->seq),
        .ack_seq = htonl(to_app ? flow->server_ack : flow->client_ack),
        .doff = sizeof(tcp) / 4,
        .window = htons(to_app ? flow->server_window : flow->client_window),
    };
    tcp.th_flags = forged->flags;
    tcp.check = tcp_checksum(&ip, &tcp);
    memcpy(packet, &ip, sizeof(ip)); // the kernel fills in the IP checksum
    memcpy(packet + sizeof(ip), &tcp, sizeof(tcp));
}

bool lab_packet_send(const uint8_t *packet, size_t length, struct error *error)
{
    struct iphdr ip;
    memcpy(&ip, packet, sizeof(ip));
    const struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = ip.daddr};
    int raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    bool sent = raw >= 0 &&
                sendto(raw, packet, length, 0, (const struct sockaddr *)&to, sizeof(to)) == (ssize_t)length;
    if (!sent)
        error_set_errno(error, ERROR_LAB, "cannot send a forged packet");
    if (raw >= 0)
        close(raw);
    return sent;
}

bool lab_forged_send(struct lab *lab, const struct trace_flow *flow, bool to_app, uint8_t flags,
    uint32_t *seq, struct error *error)
{
    uint8_t packet[LAB_FORGED_LENGTH];
    size_t queued;
    const char *device = lab_network_device(to_app ? flow->client_address : flow->server_address);
    if (!lab_link_queued(device, &queued, error))
        return false;
    int64_t at_us = clock_now_us() + clock_realtime_offset_us();
    *seq = trace_flows_expected(lab->flows, flow, to_app, queued, at_us);
    const struct lab_forged forged = {.to_app = to_app, .flags = flags, .seq = *seq};
    lab_forged_build(flow, &forged, packet);
    if (!lab_packet_send(packet, sizeof(packet), error))
        return false;
    trace_flows_note_forged(lab->flows, flow, to_app, *seq + ((flags & TH_FIN) != 0), at_us);
    return true;
}
