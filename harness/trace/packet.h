// One captured packet, taken apart. Pure: shared by the live capture, the flow tracker and the offline
// counts.
#ifndef HANGUP_TRACE_PACKET_H
#define HANGUP_TRACE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Addresses and ports in host byte order.
struct trace_packet {
    int64_t at_us;     // the capture's stamp, wall clock; trace_packet_parse leaves it 0
    const uint8_t *ip; // the packet from its IPv4 header on, while it is looked at; inside what was parsed
    size_t ip_bytes;
    bool leaving; // seen as it leaves the router; otherwise as it enters it
    uint32_t source, destination;
    uint16_t source_port, destination_port;
    uint32_t seq, ack;
    uint8_t flags;   // TH_SYN, TH_RST ... of netinet/tcp.h
    uint16_t window; // not scaled
    uint32_t payload_length;
};

// `data` is a LINKTYPE_LINUX_SLL2 packet. False: not IPv4 TCP, or cut short.
bool trace_packet_parse(const uint8_t *data, size_t length, struct trace_packet *packet);

// Whether an address is the application's, the one that it may change to included.
bool trace_packet_is_app(uint32_t address);

// Of everything that a router does not change (all but TTL and checksums): a packet that one corrupts has
// another one. `ip` is looked at. Not against malice, only to keep some thousand packets apart.
uint64_t trace_packet_digest(const struct trace_packet *packet);

// The space it takes in the sequence: its payload, and one each for SYN and FIN.
uint32_t trace_packet_sequence_length(const struct trace_packet *packet);

#endif
