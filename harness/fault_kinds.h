// The fault kinds, each defined in the file of its name.
#ifndef HANGUP_FAULT_KINDS_H
#define HANGUP_FAULT_KINDS_H

#include "fault.h"

extern const struct fault_kind fault_certificate;
extern const struct fault_kind fault_client;
extern const struct fault_kind fault_degrade;
extern const struct fault_kind fault_failover;
extern const struct fault_kind fault_fin;
extern const struct fault_kind fault_flap;
extern const struct fault_kind fault_flow_table;
extern const struct fault_kind fault_half_close;
extern const struct fault_kind fault_handshake;
extern const struct fault_kind fault_icmp;
extern const struct fault_kind fault_mtu;
extern const struct fault_kind fault_rst;
extern const struct fault_kind fault_server;
extern const struct fault_kind fault_silence;
extern const struct fault_kind fault_syn;
extern const struct fault_kind fault_tls;

#endif
