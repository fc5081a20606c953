// Reads SLL2, IPv4 and TCP headers from bytes.
#include "trace/packet.h"

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

uint32_t trace_packet_sequence_length(const struct trace_packet *packet)
{
    return packet->payload_length + ((packet->flags & TH_SYN) != 0) + ((packet->flags & TH_FIN) != 0);
}
