// syn: new connections fail, or take their time; those that are open are left alone. lost: a full accept
// queue, a security group. reset: a closed port. slow: a long way, or a host that is busy.
#include "contract/addresses.h"
#include "fault/filter.h"
#include "fault/held_packets.h"
#include "fault/kinds.h"
#include "lab/flow.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#define SYN "tcp dport " LAB_DB_PORT_TEXT " tcp flags & (syn | ack) == syn counter "

struct syn {
    void *filter;
    int64_t delay_us;
    struct held_packets held;
    struct lab_watcher watcher;
};

// The filter drops it; here its copy is kept, and sent when the time has come.
static void syn_on_packet(
    struct lab *lab, void *context, const struct trace_flow *flow, const struct trace_packet *packet)
{
    struct syn *syn = context;
    if (!packet->leaving && !trace_flow_is_behind(flow) && (packet->flags & (TH_SYN | TH_ACK)) == TH_SYN)
        held_packets_add(lab, &syn->held, packet, syn->delay_us);
}

static bool syn_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    bool reset = strcmp(spec->argument, "reset") == 0, slow = strcmp(spec->argument, "slow") == 0;
    struct syn *syn = calloc(1, sizeof(*syn));
    if (syn == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = syn;
    held_packets_init(&syn->held, (json_int_t)spec->index);
    syn->delay_us = fault_option_number(spec, "delay", 0);
    syn->watcher = (struct lab_watcher){.on_packet = syn_on_packet, .context = syn};
    if (slow)
        lab_watch(lab, &syn->watcher);
    return fault_filter_apply(
        lab, spec, FAULT_TO_DB, reset ? SYN "reject with tcp reset" : SYN "drop", &syn->filter, error);
}

static bool syn_revert(struct lab *lab, void *state, struct error *error)
{
    struct syn *syn = state;
    lab_unwatch(lab, &syn->watcher);
    held_packets_clear(lab, &syn->held);
    bool removed = syn->filter == NULL || fault_filter_revert(lab, syn->filter, error);
    free(syn);
    return removed;
}

static bool syn_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    const struct syn *syn = state;
    *hits = 0;
    return syn->filter == NULL || fault_filter_count_hits(lab, syn->filter, hits, error);
}

const struct fault_behaviour fault_syn = {
    .kind = "syn",
    .apply = syn_apply,
    .revert = syn_revert,
    .count_hits = syn_count_hits,
};
