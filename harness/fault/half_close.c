// half-close: the server's side of the open connections is shut down for writing. Its FIN is a true one; what
// the application sends still arrives and is still done, only its answer has no way back.
#include "fault/kinds.h"
#include "fault/pick.h"
#include "lab/lab.h"
#include "lab/steal_socket.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct half_close {
    bool *picked; // by flow
    size_t count;
    int64_t hits; // FINs that left the router towards the application
    struct lab_watcher watcher;
};

static void half_close_on_packet(
    struct lab *lab, void *context, const struct trace_flow *flow, const struct trace_packet *packet)
{
    struct half_close *half_close = context;
    size_t index = trace_flows_index(lab->flows, flow);
    if (!packet->leaving || packet->source_port != flow->server_port || !(packet->flags & TH_FIN))
        return;
    if (index >= half_close->count || !half_close->picked[index])
        return;
    half_close->picked[index] = false; // a retransmission is no second hit
    half_close->hits++;
}

static bool shut(struct lab *lab, json_int_t index, const struct trace_flow *flow, struct error *error)
{
    struct lab_socket server;
    if (!lab_socket_take(flow, &server, error))
        return false;
    bool shut = shutdown(server.fd, SHUT_WR) == 0;
    if (!shut)
        error_set_errno(error, ERROR_LAB, "cannot shut down the server's side");
    close(server.fd);
    lab_event(lab, "fault-hit",
        json_pack("{s:I, s:s, s:i, s:i}", "fault", index, "what", "shut down for writing", "port",
            flow->client_port, "pid", (int)server.pid));
    return shut;
}

static bool half_close_apply(
    struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct half_close *half_close = calloc(1, sizeof(*half_close));
    if (half_close == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = half_close;
    half_close->picked = fault_pick_flows(spec, lab->flows);
    if (half_close->picked == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    half_close->count = trace_flows_count(lab->flows);
    half_close->watcher = (struct lab_watcher){.on_packet = half_close_on_packet, .context = half_close};
    lab_watch(lab, &half_close->watcher);
    for (size_t i = 0; i < half_close->count; i++)
        if (half_close->picked[i] &&
            !shut(lab, (json_int_t)spec->index, trace_flows_at(lab->flows, i), error))
            return false;
    return true;
}

static bool half_close_revert(struct lab *lab, void *state, struct error *error)
{
    (void)error;
    struct half_close *half_close = state;
    lab_unwatch(lab, &half_close->watcher);
    free(half_close->picked);
    free(half_close);
    return true;
}

static bool half_close_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    (void)lab, (void)error;
    *hits = ((const struct half_close *)state)->hits;
    return true;
}

const struct fault_behaviour fault_half_close = {
    .kind = "half-close",
    .apply = half_close_apply,
    .revert = half_close_revert,
    .count_hits = half_close_count_hits,
};
