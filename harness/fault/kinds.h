// The behaviours, each defined in the file of its name.
#ifndef HANGUP_FAULT_KINDS_H
#define HANGUP_FAULT_KINDS_H

#include "fault/behaviour.h"

// A new kind is one word more: its behaviour is called fault_WORD.
// clang-format off
#define FAULT_KINDS(one) \
    one(certificate) one(client) one(degrade) one(failover) \
    one(fin) one(flap) one(flow_table) one(half_close) \
    one(handshake) one(icmp) one(mtu) one(name) one(rst) \
    one(server) one(silence) one(syn) one(tls)
// clang-format on

#define FAULT_DECLARE(name) extern const struct fault_behaviour fault_##name;
FAULT_KINDS(FAULT_DECLARE)
#undef FAULT_DECLARE

// All of them, NULL-terminated.
extern const struct fault_behaviour *const fault_behaviours[];

#endif
