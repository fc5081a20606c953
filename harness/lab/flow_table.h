// The router's flow table, as a NAT gateway, a load balancer or a firewall keeps it: the kernel's own
// connection tracking. A connection that was idle for too long is forgotten, and what it sends after that is
// refused. New connections are always let through. Addresses are not translated, so that a packet looks the
// same on both sides.
#ifndef HANGUP_LAB_FLOW_TABLE_H
#define HANGUP_LAB_FLOW_TABLE_H

#include "base/error.h"
#include "lab/lab.h"

struct lab_flow_table;

// From host wan, before the first connection. NULL without an error: the scenario's network has none.
bool lab_flow_table_open(struct lab *lab, struct error *error) MUST_CHECK;
void lab_flow_table_close(struct lab *lab);

// Forgets all connections at once; `*forgotten`: how many it knew.
bool lab_flow_table_flush(struct lab *lab, int64_t *forgotten, struct error *error) MUST_CHECK;

// Writes the event `flow-table`: how many connections it had forgotten by the time they were used again (or,
// with `then: rst-both`, reset when it forgot them).
bool lab_flow_table_report(struct lab *lab, struct error *error) MUST_CHECK;

#endif
