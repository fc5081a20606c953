// What the packets say of one connection until its client said something. Pure, but for the reading of the
// file.
#ifndef HANGUP_TRACE_CONNECTION_H
#define HANGUP_TRACE_CONNECTION_H

#include "base/folder.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A packet between app and db, on one side of the router.
struct atlas_packet {
    int64_t at_us; // on the scenario's clock
    size_t frame;  // its number in the capture, from 1 on
    bool leaving, to_db;
    bool icmp; // an ICMP error about the connection, towards app; nothing below counts
    // From db, and each only by the packet's own bytes: what it means depends on whether the connection is
    // TLS.
    bool starts_tls;     // yes to an SSLRequest, or the beginning of a TLS handshake
    bool alert;          // an alert of TLS
    bool error_response; // PostgreSQL's ErrorResponse in the clear
    uint16_t app_port;
    uint8_t flags;
    uint32_t seq, ack, payload_length;
    uint64_t digest; // trace_packet_digest
};

struct atlas_packets {
    struct atlas_packet *items; // in order of time
    size_t count;
};

// Times are microseconds before the answer; ATLAS_NEVER: it did not come.
#define ATLAS_NEVER (-1)

struct atlas_evidence {
    int64_t fin_us, rst_us, icmp_us; // the first that reached the client
    bool fin_forged, rst_forged;     // the server's host never sent it: somebody between did
    bool goodbye;                    // the server took its leave, in words or with close_notify
    bool established;                // the client got a SYN-ACK
    int64_t syns;                    // SYNs that the client sent
    int64_t heard_us;                // the last packet that reached the client
    int64_t heard_data_us;           // ... with data in it
    int64_t asked_us;                // the last packet with data, or keepalive probe, that the client sent
    int64_t unacknowledged;          // bytes of the client that were never acknowledged
    int64_t retransmissions;         // of those
    int64_t keepalives;              // probes of the client since it last heard anything
};

// zero_us: the scenario's zero on the packets' clock. ERROR_LAB. The second form opens the capture in a
// cell's folder.
bool atlas_packets_read(
    struct folder_file *file, int64_t zero_us, struct atlas_packets *packets, struct error *error) MUST_CHECK;
bool atlas_packets_read_in(const struct folder *folder, int64_t zero_us, struct atlas_packets *packets,
    struct error *error) MUST_CHECK;
void atlas_packets_free(struct atlas_packets *packets);

// The place of the first SYN of the n-th connection (0, 1 ...) that was opened at or after `from_us`. False:
// there is none.
bool atlas_find_connection(const struct atlas_packets *packets, int64_t from_us, size_t n, size_t *syn);

// Of the connection whose first SYN is at `syn`.
struct atlas_evidence atlas_evidence_of(const struct atlas_packets *packets, size_t syn, int64_t answered_us);
// Where there was none.
struct atlas_evidence atlas_evidence_none(void);

#endif
