// tls: what a broken server, or something that speaks in its place, does to the TLS stream of the open
// connections. The harness writes on the server's own socket, so that TCP is in order and only TLS is not.
//
// junk: plaintext inside the stream. cut-header: three bytes of a record's five. cut-body: a header that
// claims more than follows. Then the connection ends (fin, rst), or the rest never comes and the server's
// process stands still (stall). close-notify: the server takes the client for gone, says goodbye to TLS, and
// ends.
#include "fault/kinds.h"
#include "fault/pick.h"
#include "lab/lab.h"
#include "lab/steal_socket.h"

#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Record: type 23 (application data), version 3.3, length 256.
static const struct {
    const char *name, *bytes;
    size_t length;
} streams[] = {
    {"junk", "HTTP/1.1 502 Bad Gateway\r\n\r\n", 28},
    {"cut-header", "\x17\x03\x03", 3},
    {"cut-body",
        "\x17\x03\x03\x01\x00"
        "0123456789",
        15},
    {"close-notify", "", 0},
};

struct target {
    bool picked, hit;
    uint32_t seq;  // at which the server goes on
    pid_t stopped; // 0: it runs
};

struct tls {
    struct target *targets; // by flow
    size_t count;
    int64_t hits; // connections on which the server's bytes were seen to leave the router
    struct lab_watcher watcher;
};

static void tls_on_packet(
    struct lab *lab, void *context, const struct trace_flow *flow, const struct trace_packet *packet)
{
    struct tls *tls = context;
    size_t index = trace_flows_index(lab->flows, flow);
    if (index >= tls->count || !packet->leaving || packet->source_port != flow->server_port)
        return;
    struct target *target = &tls->targets[index];
    if (!target->picked || target->hit || packet->payload_length == 0 ||
        (int32_t)(packet->seq - target->seq) < 0)
        return;
    target->hit = true;
    tls->hits++;
}

static bool tls_finish(
    const struct lab_socket *server, const char *then, struct target *target, struct error *error)
{
    if (strcmp(then, "rst") == 0)
        return lab_socket_reset(server->fd, error);
    if (strcmp(then, "fin") == 0)
        return shutdown(server->fd, SHUT_RDWR) == 0 ||
               error_set_errno(error, ERROR_LAB, "cannot end a connection of the server");
    if (kill(server->pid, SIGSTOP) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot stop backend %d", (int)server->pid);
    target->stopped = server->pid;
    return true;
}

static bool spoil(const struct fault_spec *spec, const struct lab_socket *server, struct target *target,
    struct error *error)
{
    size_t i = 0;
    while (strcmp(streams[i].name, spec->argument) != 0)
        i++;
    if (streams[i].length == 0)
        return shutdown(server->fd, SHUT_RD) == 0 ||
               error_set_errno(error, ERROR_LAB, "cannot shut down the server's side");
    if (send(server->fd, streams[i].bytes, streams[i].length, MSG_NOSIGNAL) != (ssize_t)streams[i].length)
        return error_set_errno(error, ERROR_LAB, "cannot write on a connection of the server");
    return tls_finish(server, fault_option_word(spec, "then", "fin"), target, error);
}

static bool strike(
    struct lab *lab, const struct fault_spec *spec, struct tls *tls, size_t index, struct error *error)
{
    const struct trace_flow *flow = trace_flows_at(lab->flows, index);
    struct lab_socket server;
    if (!lab_socket_take(flow, &server, error))
        return false;
    tls->targets[index].seq = flow->server_next;
    lab_event(lab, "fault-hit",
        json_pack("{s:I, s:s, s:i, s:i}", "fault", (json_int_t)spec->index, "what", spec->argument, "port",
            flow->client_port, "pid", (int)server.pid));
    bool struck = spoil(spec, &server, &tls->targets[index], error);
    close(server.fd);
    return struck;
}

static bool tls_pick(struct lab *lab, const struct fault_spec *spec, struct tls *tls, struct error *error)
{
    bool *picked = fault_pick_flows(spec, lab->flows);
    tls->count = trace_flows_count(lab->flows);
    tls->targets = calloc(tls->count + 1, sizeof(*tls->targets));
    for (size_t i = 0; picked != NULL && tls->targets != NULL && i < tls->count; i++)
        tls->targets[i].picked = picked[i];
    bool whole = picked != NULL && tls->targets != NULL;
    free(picked);
    return whole || error_set(error, ERROR_LAB, "out of memory");
}

static bool tls_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct tls *tls = calloc(1, sizeof(*tls));
    if (tls == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = tls;
    if (!tls_pick(lab, spec, tls, error))
        return false;
    tls->watcher = (struct lab_watcher){.on_packet = tls_on_packet, .context = tls};
    lab_watch(lab, &tls->watcher);
    for (size_t i = 0; i < tls->count; i++)
        if (tls->targets[i].picked && !strike(lab, spec, tls, i, error))
            return false;
    return true;
}

static bool tls_revert(struct lab *lab, void *state, struct error *error)
{
    (void)error;
    struct tls *tls = state;
    lab_unwatch(lab, &tls->watcher);
    for (size_t i = 0; i < tls->count; i++)
        if (tls->targets[i].stopped != 0)
            kill(tls->targets[i].stopped, SIGCONT);
    free(tls->targets);
    free(tls);
    return true;
}

static bool tls_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    (void)lab, (void)error;
    *hits = ((const struct tls *)state)->hits;
    return true;
}

const struct fault_behaviour fault_tls = {
    .kind = "tls",
    .apply = tls_apply,
    .revert = tls_revert,
    .count_hits = tls_count_hits,
};
