// syn: new connections fail, or take their time; those that are open are left alone. lost: a full accept
// queue, a security group. reset: a closed port. slow: a long way, or a host that is busy.
#include "contract/addresses.h"
#include "fault/filter.h"
#include "fault/kinds.h"
#include "lab/alarm.h"
#include "lab/flow.h"
#include "lab/inject.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#define SYN "tcp dport " LAB_DB_PORT_TEXT " tcp flags & (syn | ack) == syn counter "

#define SYN_BYTES_MAX 120 // two headers with all their options

// A SYN on its slow way.
struct held {
    int64_t until_us;
    size_t length;
    uint8_t packet[SYN_BYTES_MAX];
    struct held *next;
};

struct syn {
    void *filter;
    json_int_t index; // of the fault
    int64_t delay_us;
    struct held *first, **last;
    struct lab_watcher watcher;
    struct lab_alarm alarm;
};

static void syn_report(struct lab *lab, const struct syn *syn, const struct error *error)
{
    lab_event(lab, "fault-failed", json_pack("{s:I, s:s}", "fault", syn->index, "error", error->text));
}

static void wait_for_first(struct lab *lab, struct syn *syn)
{
    if (syn->first == NULL)
        return;
    syn->alarm.at_us = syn->first->until_us;
    lab_alarm_set(lab, &syn->alarm);
}

static void drop_first(struct syn *syn)
{
    struct held *held = syn->first;
    syn->first = held->next;
    if (syn->first == NULL)
        syn->last = &syn->first;
    free(held);
}

static void syn_let_go(struct lab *lab, void *context)
{
    struct syn *syn = context;
    struct error error = {0};
    if (!lab_packet_send(syn->first->packet, syn->first->length, &error))
        syn_report(lab, syn, &error);
    drop_first(syn);
    wait_for_first(lab, syn);
}

// The filter drops it; here its copy is kept, and sent when the time has come.
static void syn_on_packet(
    struct lab *lab, void *context, const struct trace_flow *flow, const struct trace_packet *packet)
{
    (void)flow;
    struct syn *syn = context;
    if (packet->leaving || (packet->flags & (TH_SYN | TH_ACK)) != TH_SYN || packet->ip_bytes > SYN_BYTES_MAX)
        return;
    struct held *held = calloc(1, sizeof(*held));
    struct error error = {0};
    if (held == NULL) {
        (void)error_set(&error, ERROR_LAB, "out of memory");
        syn_report(lab, syn, &error);
        return;
    }
    held->until_us = lab_now_us(lab) + syn->delay_us;
    held->length = packet->ip_bytes;
    memcpy(held->packet, packet->ip, packet->ip_bytes);
    bool alone = syn->first == NULL;
    *syn->last = held;
    syn->last = &held->next;
    if (alone)
        wait_for_first(lab, syn);
}

static bool syn_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    bool reset = strcmp(spec->argument, "reset") == 0, slow = strcmp(spec->argument, "slow") == 0;
    struct syn *syn = calloc(1, sizeof(*syn));
    if (syn == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = syn;
    syn->index = (json_int_t)spec->index;
    syn->delay_us = fault_option_number(spec, "delay", 0);
    syn->last = &syn->first;
    syn->watcher = (struct lab_watcher){.on_packet = syn_on_packet, .context = syn};
    syn->alarm = (struct lab_alarm){.ring = syn_let_go, .context = syn};
    if (slow)
        lab_watch(lab, &syn->watcher);
    return fault_filter_apply(
        lab, spec, FAULT_TO_DB, reset ? SYN "reject with tcp reset" : SYN "drop", &syn->filter, error);
}

static bool syn_revert(struct lab *lab, void *state, struct error *error)
{
    struct syn *syn = state;
    lab_unwatch(lab, &syn->watcher);
    lab_alarm_clear(lab, &syn->alarm);
    while (syn->first != NULL)
        drop_first(syn);
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
