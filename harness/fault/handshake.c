// handshake: connections that open meanwhile are cut before they are of use, behind the n-th packet with
// data. With libpq and this server these are: 1 SSLRequest, 2 its answer, 3 ClientHello, 4 HelloRetryRequest
// (the server wants another curve), 5 ClientHello, 6 ServerHello to Finished, 7 the client's Finished, 8 the
// startup packet (sent with the seventh), from 9 on SCRAM and the session's parameters. A proxy closes (fin:
// the application is told in the proper way, the server by an RST), a firewall resets, a path falls silent.
#include "fault/filter.h"
#include "fault/kinds.h"
#include "lab/flow.h"
#include "lab/inject.h"
#include "net/filter.h"

#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cut {
    size_t flow;
    bool done;
    uint32_t seq; // of what was forged for the application
    char table[FAULT_FILTER_NAME_SIZE];
    struct cut *next;
};

struct handshake {
    json_int_t index; // of the fault
    int64_t after;
    uint8_t flags;    // forged for the application; 0: silence
    size_t old_flows; // before the fault
    struct cut *cuts;
    int64_t hits; // forged segments that left the router
    struct lab_watcher watcher;
};

static void handshake_report(struct lab *lab, const struct handshake *handshake, const struct error *error)
{
    lab_event(lab, "fault-failed", json_pack("{s:I, s:s}", "fault", handshake->index, "error", error->text));
}

static void note_due(struct lab *lab, struct handshake *handshake, size_t flow)
{
    struct cut *cut = calloc(1, sizeof(*cut));
    struct error error = {0};
    if (cut == NULL) {
        (void)error_set(&error, ERROR_LAB, "out of memory");
        handshake_report(lab, handshake, &error);
        return;
    }
    cut->flow = flow;
    cut->next = handshake->cuts;
    handshake->cuts = cut;
}

static void handshake_on_packet(
    struct lab *lab, void *context, const struct trace_flow *flow, const struct trace_packet *packet)
{
    struct handshake *handshake = context;
    size_t index = trace_flows_index(lab->flows, flow);
    if (index < handshake->old_flows || trace_flow_is_behind(flow))
        return;
    if (!packet->leaving) {
        if (packet->payload_length > 0 && flow->data_packets == handshake->after)
            note_due(lab, handshake, index);
        return;
    }
    for (const struct cut *cut = handshake->cuts; cut != NULL; cut = cut->next)
        handshake->hits += cut->flow == index && cut->done && (packet->flags & handshake->flags) &&
                           packet->source_port == flow->server_port && packet->seq == cut->seq;
}

static bool silence(
    struct lab *lab, struct handshake *handshake, struct cut *cut, uint16_t port, struct error *error)
{
    char rules[128];
    snprintf(cut->table, sizeof(cut->table), "handshake_%d_%u", (int)handshake->index, port);
    snprintf(rules, sizeof(rules), "tcp sport %u counter drop\ntcp dport %u counter drop\n", port, port);
    return lab_filter_add(lab->filter, cut->table, rules, error);
}

static bool handshake_perform(
    struct lab *lab, struct handshake *handshake, struct cut *cut, struct error *error)
{
    const struct trace_flow *flow = trace_flows_at(lab->flows, cut->flow);
    uint32_t to_db;
    cut->done = true;
    bool done = handshake->flags == 0 ? silence(lab, handshake, cut, flow->client_port, error)
                                      : lab_forged_send(lab, flow, true, (uint8_t)(handshake->flags | TH_ACK),
                                            &cut->seq, error) &&
                                            lab_forged_send(lab, flow, false, TH_RST | TH_ACK, &to_db, error);
    if (done)
        lab_event(lab, "fault-hit",
            json_pack(
                "{s:I, s:s, s:i}", "fault", handshake->index, "what", "cut", "port", flow->client_port));
    return done;
}

static void handshake_on_drained(struct lab *lab, void *context)
{
    struct handshake *handshake = context;
    struct error error = {0};
    for (struct cut *cut = handshake->cuts; cut != NULL; cut = cut->next)
        if (!cut->done && !handshake_perform(lab, handshake, cut, &error))
            handshake_report(lab, handshake, &error);
}

static bool handshake_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct handshake *handshake = calloc(1, sizeof(*handshake));
    if (handshake == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = handshake;
    *handshake = (struct handshake){
        .index = (json_int_t)spec->index,
        .after = fault_option_number(spec, "after", 1),
        .flags = strcmp(spec->argument, "fin") == 0 ? TH_FIN : 0,
        .old_flows = trace_flows_count(lab->flows),
        .watcher = {.on_packet = handshake_on_packet,
            .on_drained = handshake_on_drained,
            .context = handshake},
    };
    if (strcmp(spec->argument, "rst") == 0)
        handshake->flags = TH_RST;
    lab_watch(lab, &handshake->watcher);
    return true;
}

static bool handshake_revert(struct lab *lab, void *state, struct error *error)
{
    struct handshake *handshake = state;
    bool removed = true;
    lab_unwatch(lab, &handshake->watcher);
    for (struct cut *cut = handshake->cuts, *next; cut != NULL; cut = next) {
        next = cut->next;
        if (cut->table[0] != '\0' && !lab_filter_remove(lab->filter, cut->table, error))
            removed = false;
        free(cut);
    }
    free(handshake);
    return removed;
}

static bool handshake_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    const struct handshake *handshake = state;
    *hits = handshake->hits;
    for (const struct cut *cut = handshake->cuts; cut != NULL; cut = cut->next) {
        int64_t swallowed = 0;
        if (cut->table[0] != '\0' && !lab_filter_count(lab->filter, cut->table, &swallowed, error))
            return false;
        *hits += swallowed;
    }
    return true;
}

const struct fault_behaviour fault_handshake = {
    .kind = "handshake",
    .apply = handshake_apply,
    .revert = handshake_revert,
    .count_hits = handshake_count_hits,
};
