// rst: a middlebox resets the open connections with a forged RST, at once or in answer to each one's next
// packet.
#include "fault_arguments.h"
#include "fault_kinds.h"
#include "lab.h"
#include "lab_inject.h"
#include "trace_flow.h"

#include <stdlib.h>
#include <string.h>

struct rst {
    enum fault_direction direction;
    size_t index; // of the fault
    int64_t hits;
    bool *picked; // by flow; those that `when: next-packet` has yet to answer
    size_t picked_count;
    struct lab_watcher watcher;
};

static bool inject_one(struct lab *lab, struct rst *rst, const struct trace_flow *flow,
    enum rst_target target, struct error *error)
{
    if (!lab_rst_send(flow, target, error))
        return false;
    rst->hits++;
    lab_event(lab, "rst-injected",
        json_pack("{s:I, s:s, s:i, s:I}", "fault", (json_int_t)rst->index, "to",
            target == RST_TO_APP ? "app" : "db", "port", flow->client_port, "seq",
            (json_int_t)(target == RST_TO_APP ? flow->server_next : flow->client_next)));
    return true;
}

static bool inject(struct lab *lab, struct rst *rst, const struct trace_flow *flow, struct error *error)
{
    if ((rst->direction & FAULT_TO_APP) && !inject_one(lab, rst, flow, RST_TO_APP, error))
        return false;
    return !(rst->direction & FAULT_TO_DB) || inject_one(lab, rst, flow, RST_TO_DB, error);
}

static bool inject_now(struct lab *lab, struct rst *rst, struct error *error)
{
    for (size_t i = 0; i < rst->picked_count; i++)
        if (rst->picked[i] && !inject(lab, rst, trace_flows_at(lab->flows, i), error))
            return false;
    return true;
}

static void on_packet(struct lab *lab, void *context, const struct trace_flow *flow)
{
    struct rst *rst = context;
    size_t index = trace_flows_index(lab->flows, flow);
    struct error error;
    if (index >= rst->picked_count || !rst->picked[index])
        return;
    rst->picked[index] = false;
    if (!inject(lab, rst, flow, &error))
        lab_event(lab, "fault-failed",
            json_pack("{s:I, s:s}", "fault", (json_int_t)rst->index, "error", error.text));
}

static bool apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct rst *rst = calloc(1, sizeof(*rst));
    if (rst == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = rst;
    rst->direction = fault_direction_of(spec->argument);
    rst->index = (size_t)(spec - lab->cell->scenario->faults);
    rst->picked = fault_pick_flows(spec, lab->flows);
    if (rst->picked == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    rst->picked_count = trace_flows_count(lab->flows);
    if (strcmp(fault_option_word(spec, "when", "now"), "now") == 0)
        return inject_now(lab, rst, error);
    rst->watcher = (struct lab_watcher){.on_packet = on_packet, .context = rst};
    lab_watch(lab, &rst->watcher);
    return true;
}

static bool revert(struct lab *lab, void *state, struct error *error)
{
    (void)error;
    struct rst *rst = state;
    lab_unwatch(lab, &rst->watcher);
    free(rst->picked);
    free(rst);
    return true;
}

static bool count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    (void)lab, (void)error;
    *hits = ((const struct rst *)state)->hits;
    return true;
}

static const char *const moments[] = {"now", "next-packet", NULL};

static const struct fault_option_kind options[] = {
    {"when", FAULT_OPTION_WORD, moments, "at once, or in answer to the connection's next packet"},
    FAULT_OPTION_CONNECTIONS,
    {.name = NULL},
};

const struct fault_kind fault_rst = {
    .name = "rst",
    .arguments = fault_directions,
    .summary = "a forged RST, at the exact sequence number, resets every open connection at that end",
    .options = options,
    .apply = apply,
    .revert = revert,
    .count_hits = count_hits,
};
