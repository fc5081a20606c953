// The lab without its application: hosts, wires, router, capture and server.
#ifndef HANGUP_LAB_WORLD_H
#define HANGUP_LAB_WORLD_H

#include "base/error.h"
#include "lab/lab.h"

// Set-up has a fixed time. In virtual time that makes the scenario's zero a round moment on the guest's
// clock, so that capture.pcap and postgres.log read like the scenario: its 60 s are 00:01:00 there. In real
// time zero is `realtime_setup_us` from now.
void lab_world_choose_zero(struct lab *lab, int64_t realtime_setup_us);

// Leaves the caller in host wan, with a server that accepts connections. After a failure, too, the two below
// are to be called.
bool lab_world_build(struct lab *lab, struct error *error) MUST_CHECK;
// With the keys that the server has kept of its connections.
bool lab_world_close_capture(struct lab *lab, struct error *error) MUST_CHECK;
void lab_world_tear_down(struct lab *lab);

// Takes in the packets that have come: before a fault, which must know what is on its way, and whenever the
// capture is readable. A watcher may take itself, no other, out of the list.
bool lab_world_watch_path(struct lab *lab, struct error *error) MUST_CHECK;

#endif
