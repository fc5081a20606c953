// Builds and sends forged RSTs.
#include "lab_inject.h"

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

static uint32_t sum_words(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < length; i += 2)
        sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    return sum;
}

// RFC 9293: without a right checksum the target drops the packet unseen.
static uint16_t tcp_checksum(const struct iphdr *ip, const struct tcphdr *tcp)
{
    const struct pseudo_header pseudo = {.source = ip->saddr,
        .destination = ip->daddr,
        .protocol = IPPROTO_TCP,
        .length = htons(sizeof(*tcp))};
    uint32_t sum = sum_words(&pseudo, sizeof(pseudo)) + sum_words(tcp, sizeof(*tcp));
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return htons((uint16_t)~sum);
}

void lab_rst_build(
    const struct trace_flow *flow, enum rst_target target, uint8_t packet[static LAB_RST_LENGTH])
{
    bool to_app = target == RST_TO_APP;
    struct iphdr ip = {
        .version = 4,
        .ihl = sizeof(ip) / 4,
        .tot_len = htons(LAB_RST_LENGTH),
        .ttl = 64,
        .protocol = IPPROTO_TCP,
        .saddr = htonl(to_app ? flow->server_address : flow->client_address),
        .daddr = htonl(to_app ? flow->client_address : flow->server_address),
    };
    struct tcphdr tcp = {
        .source = htons(to_app ? flow->server_port : flow->client_port),
        .dest = htons(to_app ? flow->client_port : flow->server_port),
        .seq = htonl(to_app ? flow->server_next : flow->client_next),
        .ack_seq = htonl(to_app ? flow->client_next : flow->server_next),
        .doff = sizeof(tcp) / 4,
        .rst = 1,
        .ack = 1,
    };
    tcp.check = tcp_checksum(&ip, &tcp);
    memcpy(packet, &ip, sizeof(ip)); // the kernel fills in the IP checksum
    memcpy(packet + sizeof(ip), &tcp, sizeof(tcp));
}

bool lab_rst_send(const struct trace_flow *flow, enum rst_target target, struct error *error)
{
    uint8_t packet[LAB_RST_LENGTH];
    lab_rst_build(flow, target, packet);
    const struct sockaddr_in to = {.sin_family = AF_INET,
        .sin_addr.s_addr = htonl(target == RST_TO_APP ? flow->client_address : flow->server_address)};
    int raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    bool sent = raw >= 0 && sendto(raw, packet, sizeof(packet), 0, (const struct sockaddr *)&to,
                                sizeof(to)) == (ssize_t)sizeof(packet);
    if (!sent)
        error_set_errno(error, ERROR_LAB, "cannot send an RST");
    if (raw >= 0)
        close(raw);
    return sent;
}
