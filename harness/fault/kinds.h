// The behaviours, each defined in the file of its name.
#ifndef HANGUP_FAULT_KINDS_H
#define HANGUP_FAULT_KINDS_H

#include "fault/behaviour.h"

extern const struct fault_behaviour fault_certificate;
extern const struct fault_behaviour fault_client;
extern const struct fault_behaviour fault_degrade;
extern const struct fault_behaviour fault_failover;
extern const struct fault_behaviour fault_fin;
extern const struct fault_behaviour fault_flap;
extern const struct fault_behaviour fault_flow_table;
extern const struct fault_behaviour fault_half_close;
extern const struct fault_behaviour fault_handshake;
extern const struct fault_behaviour fault_icmp;
extern const struct fault_behaviour fault_mtu;
extern const struct fault_behaviour fault_rst;
extern const struct fault_behaviour fault_server;
extern const struct fault_behaviour fault_silence;
extern const struct fault_behaviour fault_syn;
extern const struct fault_behaviour fault_tls;

// All of them, NULL-terminated.
extern const struct fault_behaviour *const fault_behaviours[];

#endif
