// Reads SLL2, IPv4 and TCP headers from bytes.
#include "trace/packet.h"

#include "contract/addresses.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <pcap/sll.h>
#include <string.h>

bool trace_packet_parse(const uint8_t *data, size_t length, struct trace_packet *packet)
{
    struct sll2_header link;
    struct iphdr ip;
    struct tcphdr tcp;
    if (length < sizeof(link) + sizeof(ip) + sizeof(tcp))
        return false;
    memcpy(&link, data, sizeof(link));
    memcpy(&ip, data + sizeof(link), sizeof(ip));
    size_t ip_length = (size_t)ip.ihl * 4, total = ntohs(ip.tot_len);
    if (ntohs(link.sll2_protocol) != ETHERTYPE_IP || ip.version != 4 || ip.protocol != IPPROTO_TCP ||
        ip_length < sizeof(ip) || length < sizeof(link) + ip_length + sizeof(tcp))
        return false;
    memcpy(&tcp, data + sizeof(link) + ip_length, sizeof(tcp));
    size_t headers = ip_length + (size_t)tcp.doff * 4;
    if (tcp.doff * 4U < sizeof(tcp) || total < headers)
        return false;
    *packet = (struct trace_packet){
        .ip = data + sizeof(link),
        .ip_bytes = total <= length - sizeof(link) ? total : length - sizeof(link),
        .leaving = link.sll2_pkttype == LINUX_SLL_OUTGOING,
        .source = ntohl(ip.saddr),
        .destination = ntohl(ip.daddr),
        .source_port = ntohs(tcp.source),
        .destination_port = ntohs(tcp.dest),
        .seq = ntohl(tcp.seq),
        .ack = ntohl(tcp.ack_seq),
        .flags = tcp.th_flags,
        .window = ntohs(tcp.window),
        .payload_length = (uint32_t)(total - headers),
    };
    return true;
}

// FNV-1a.
static uint64_t digest_bytes(uint64_t digest, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        digest = (digest ^ bytes[i]) * UINT64_C(0x100000001b3);
    return digest;
}

// Offsets of what a router changes: TTL 8, checksum 10 in the IP header; TCP's checksum 16, which is
// half-made here and whole there.
uint64_t trace_packet_digest(const struct trace_packet *packet)
{
    const uint8_t *ip = packet->ip;
    size_t ip_header = (size_t)(ip[0] & 0x0f) * 4;
    const uint8_t *tcp = ip + ip_header;
    uint64_t digest = digest_bytes(UINT64_C(0xcbf29ce484222325), ip, 8);
    digest = digest_bytes(digest, ip + 9, 1);
    digest = digest_bytes(digest, ip + 12, ip_header - 12);
    digest = digest_bytes(digest, tcp, 16);
    return digest_bytes(digest, tcp + 18, packet->ip_bytes - ip_header - 18);
}

uint32_t trace_packet_sequence_length(const struct trace_packet *packet)
{
    return packet->payload_length + ((packet->flags & TH_SYN) != 0) + ((packet->flags & TH_FIN) != 0);
}

bool trace_packet_is_app(uint32_t address)
{
    return address == ntohl(inet_addr(LAB_APP_ADDRESS)) || address == ntohl(inet_addr(LAB_APP_OTHER_ADDRESS));
}
