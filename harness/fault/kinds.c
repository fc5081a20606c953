// The table of behaviours. The words of each kind are in scenario/fault_words.c.
#include "fault/kinds.h"

#include <string.h>

const struct fault_behaviour *const fault_behaviours[] = {
    &fault_certificate,
    &fault_client,
    &fault_degrade,
    &fault_failover,
    &fault_fin,
    &fault_flap,
    &fault_flow_table,
    &fault_half_close,
    &fault_handshake,
    &fault_icmp,
    &fault_mtu,
    &fault_rst,
    &fault_server,
    &fault_silence,
    &fault_syn,
    &fault_tls,
    NULL,
};

const struct fault_behaviour *fault_behaviour_of(const struct fault_kind *kind)
{
    for (const struct fault_behaviour *const *behaviour = fault_behaviours; *behaviour != NULL; behaviour++)
        if (strcmp((*behaviour)->kind, kind->name) == 0)
            return *behaviour;
    return NULL;
}
