// Forged segments: when each connection's turn comes, and the proof that they left.
#include "fault/forged.h"

#include "fault/pick.h"
#include "lab/flow.h"
#include "lab/inject.h"
#include "lab/lab.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

enum end { END_APP, END_DB, ENDS }; // where a segment goes

struct target {
    enum { TARGET_NONE, TARGET_WAITS, TARGET_DUE, TARGET_SENT } state;
    int64_t packets, data_packets; // of the flow when the fault was applied
    bool forged[ENDS];
    uint32_t seq[ENDS];
};

struct forger {
    enum fault_direction direction;
    uint8_t flags;
    const char *event;
    json_int_t index;       // of the fault
    int64_t after;          // packets with data; 0: see `next_packet`
    bool next_packet;       // behind any packet; otherwise at once
    struct target *targets; // by flow
    size_t count;
    int64_t hits;
    struct lab_watcher watcher;
};

static bool forge_one(struct lab *lab, struct forger *forger, size_t index, enum end end, struct error *error)
{
    struct target *target = &forger->targets[index];
    const struct trace_flow *flow = trace_flows_at(lab->flows, index);
    if (!lab_forged_send(
            lab, flow, end == END_APP, (uint8_t)(forger->flags | TH_ACK), &target->seq[end], error))
        return false;
    target->forged[end] = true;
    lab_event(lab, forger->event,
        json_pack("{s:I, s:s, s:i, s:I}", "fault", forger->index, "to", end == END_APP ? "app" : "db", "port",
            flow->client_port, "seq", (json_int_t)target->seq[end]));
    return true;
}

static bool forge(struct lab *lab, struct forger *forger, size_t index, struct error *error)
{
    forger->targets[index].state = TARGET_SENT;
    if ((forger->direction & FAULT_TO_APP) && !forge_one(lab, forger, index, END_APP, error))
        return false;
    return !(forger->direction & FAULT_TO_DB) || forge_one(lab, forger, index, END_DB, error);
}

static bool is_turn(const struct forger *forger, const struct target *target, const struct trace_flow *flow)
{
    if (forger->after > 0)
        return flow->data_packets - target->data_packets >= forger->after;
    return !forger->next_packet || flow->packets > target->packets;
}

static bool is_forged(
    const struct forger *forger, const struct target *target, const struct trace_packet *packet, enum end end)
{
    return (packet->flags & forger->flags) && target->forged[end] && packet->seq == target->seq[end];
}

static void forged_on_packet(
    struct lab *lab, void *context, const struct trace_flow *flow, const struct trace_packet *packet)
{
    struct forger *forger = context;
    size_t index = trace_flows_index(lab->flows, flow);
    if (index >= forger->count)
        return;
    struct target *target = &forger->targets[index];
    enum end end = packet->destination_port == flow->server_port ? END_DB : END_APP;
    if (packet->leaving)
        forger->hits += is_forged(forger, target, packet, end);
    else if (target->state == TARGET_WAITS && is_turn(forger, target, flow))
        target->state = TARGET_DUE;
}

// Only now is it known what has entered together with the packet that was waited for.
static void forged_on_drained(struct lab *lab, void *context)
{
    struct forger *forger = context;
    struct error error = {0};
    for (size_t i = 0; i < forger->count; i++) {
        if (forger->targets[i].state == TARGET_DUE && !forge(lab, forger, i, &error))
            lab_event(
                lab, "fault-failed", json_pack("{s:I, s:s}", "fault", forger->index, "error", error.text));
    }
}

static bool forged_pick(
    const struct lab *lab, const struct fault_spec *spec, struct forger *forger, struct error *error)
{
    bool *picked = fault_pick_flows(spec, lab->flows);
    forger->count = trace_flows_count(lab->flows);
    forger->targets = calloc(forger->count + 1, sizeof(*forger->targets));
    if (picked == NULL || forger->targets == NULL) {
        free(picked);
        return error_set(error, ERROR_LAB, "out of memory");
    }
    for (size_t i = 0; i < forger->count; i++) {
        const struct trace_flow *flow = trace_flows_at(lab->flows, i);
        forger->targets[i] = (struct target){.state = picked[i] ? TARGET_WAITS : TARGET_NONE,
            .packets = flow->packets,
            .data_packets = flow->data_packets};
    }
    free(picked);
    return true;
}

bool fault_forged_apply(struct lab *lab, const struct fault_spec *spec, uint8_t flags, const char *event,
    void **state, struct error *error)
{
    struct forger *forger = calloc(1, sizeof(*forger));
    if (forger == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = forger;
    *forger = (struct forger){
        .direction = fault_direction_of(spec->argument),
        .flags = flags,
        .event = event,
        .index = (json_int_t)spec->index,
        .after = fault_option_number(spec, "after", 0),
        .next_packet = strcmp(fault_option_word(spec, "when", "now"), "next-packet") == 0,
        .watcher = {.on_packet = forged_on_packet, .on_drained = forged_on_drained, .context = forger},
    };
    if (!forged_pick(lab, spec, forger, error))
        return false;
    lab_watch(lab, &forger->watcher);
    for (size_t i = 0; i < forger->count; i++) {
        if (forger->targets[i].state == TARGET_WAITS &&
            is_turn(forger, &forger->targets[i], trace_flows_at(lab->flows, i)) &&
            !forge(lab, forger, i, error))
            return false;
    }
    return true;
}

bool fault_forged_revert(struct lab *lab, void *state, struct error *error)
{
    (void)error;
    struct forger *forger = state;
    lab_unwatch(lab, &forger->watcher);
    free(forger->targets);
    free(forger);
    return true;
}

bool fault_forged_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    (void)lab, (void)error;
    *hits = ((const struct forger *)state)->hits;
    return true;
}
