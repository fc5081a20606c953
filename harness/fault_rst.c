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
    bool *armed; // by flow: its next packet will be answered
    size_t armed_count;
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
    for (size_t i = 0; i < trace_flows_count(lab->flows); i++) {
        const struct trace_flow *flow = trace_flows_at(lab->flows, i);
        if (!flow->closed && !inject(lab, rst, flow, error))
            return false;
    }
    return true;
}

static void on_packet(struct lab *lab, void *context, const struct trace_flow *flow)
{
    struct rst *rst = context;
    size_t index = trace_flows_index(lab->flows, flow);
    struct error error;
    if (index >= rst->armed_count || !rst->armed[index])
        return;
    rst->armed[index] = false;
    if (!inject(lab, rst, flow, &error))
        lab_event(lab, "fault-failed",
            json_pack("{s:I, s:s}", "fault", (json_int_t)rst->index, "error", error.text));
}

static bool arm(struct lab *lab, struct rst *rst, struct error *error)
{
    rst->armed_count = trace_flows_count(lab->flows);
    rst->armed = calloc(rst->armed_count + 1, sizeof(*rst->armed));
    if (rst->armed == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; i < rst->armed_count; i++)
        rst->armed[i] = !trace_flows_at(lab->flows, i)->closed;
    rst->watcher = (struct lab_watcher){.on_packet = on_packet, .context = rst};
    lab_watch(lab, &rst->watcher);
    return true;
}

static bool apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct rst *rst = calloc(1, sizeof(*rst));
    if (rst == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = rst;
    rst->direction = fault_direction_of(spec->argument);
    rst->index = (size_t)(spec - lab->cell->scenario->faults);
    bool later = spec->when != NULL && strcmp(spec->when, "next-packet") == 0;
    return later ? arm(lab, rst, error) : inject_now(lab, rst, error);
}

static bool revert(struct lab *lab, void *state, struct error *error)
{
    (void)error;
    struct rst *rst = state;
    lab_unwatch(lab, &rst->watcher);
    free(rst->armed);
    free(rst);
    return true;
}

static bool count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    (void)lab, (void)error;
    *hits = ((const struct rst *)state)->hits;
    return true;
}

const struct fault_kind fault_rst = {
    .name = "rst",
    .arguments = "to-app | to-db | both",
    .summary = "a forged RST, at the exact sequence number, resets every open connection at that end",
    .takes_when = true,
    .validate = fault_validate_direction,
    .apply = apply,
    .revert = revert,
    .count_hits = count_hits,
};
