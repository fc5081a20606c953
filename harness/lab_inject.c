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
