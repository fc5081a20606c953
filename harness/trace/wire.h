// What the packets say: capture.pcap holds every packet twice, as it enters the router and as it leaves it.
#ifndef HANGUP_TRACE_WIRE_H
#define HANGUP_TRACE_WIRE_H

#include "base/folder.h"

#include <stddef.h>
#include <stdint.h>

// Only packets of PostgreSQL's TCP port between the hosts app and db count; with a proxy, between app and it.
struct wire_counts {
    int64_t packets;               // that entered the router
    int64_t rst_to_app, rst_to_db; // that left the router, forged ones included
    int64_t fin_to_app, fin_to_db; // that left the router; a retransmission does not count again
    int64_t swallowed;             // entered the router and never left it
    int64_t
        handshake_rtt_us; // shortest time from a SYN entering to its SYN-ACK's ACK entering; -1: no handshake
    int64_t *syns_at_ns;  // when host app asked for a connection, or asked again: its SYNs that entered the
                          // router, on the lab's wall clock; owned
    size_t syns_count;
    int64_t attempts;        // of these, those that do not repeat one
    int64_t forgotten_at_ns; // the last moment at which a connection that was used again had been quiet for
                             // `quiet_ns`; -1: none was
};

// What is asked of the packets.
struct wire_question {
    int64_t until_ns; // of the lab's wall clock; INT64_MAX: none
    int64_t quiet_ns; // after so long without a packet a flow table forgets; 0: there is none
};

// The capture's link type is LINKTYPE_LINUX_SLL2 with nanosecond time stamps. Packets stamped later than
// `until_ns` do not count: when the timeline is over
// the pool says its goodbyes, and they are not what the scenario did. False: ERROR_LAB, and nothing to clear.
bool trace_wire_count(struct folder_file *file, struct wire_question question, struct wire_counts *counts,
    struct error *error) MUST_CHECK;
// The same of the capture in a cell's folder.
bool trace_wire_count_in(const struct folder *folder, struct wire_question question,
    struct wire_counts *counts, struct error *error) MUST_CHECK;
void wire_counts_clear(struct wire_counts *counts);

#endif
