// suspended: the database went to sleep, as serverless ones do when nobody asks. Its sessions are told why
// and end. What stands before it still accepts connections; the first one wakes it, and all of them are
// greeted when it has woken up.
#include "contract/addresses.h"
#include "fault/server.h"
#include "lab/alarm.h"
#include "lab/flow.h"
#include "lab/server.h"

#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>

struct suspended {
    struct server_fault *fault;
    bool knocked, awake;
    struct lab_watcher watcher;
    struct lab_alarm alarm;
};

static void wake(struct lab *lab, void *context)
{
    struct suspended *suspended = context;
    struct error error = {0};
    suspended->awake = true;
    if (lab_server_signal(lab, SIGCONT, &error))
        lab_event(lab, "fault-hit",
            json_pack("{s:I, s:s}", "fault", suspended->fault->index, "what", "the server is awake"));
    else
        lab_event(lab, "fault-failed",
            json_pack("{s:I, s:s}", "fault", suspended->fault->index, "error", error.text));
}

// The first knock decides when it is awake.
static void suspended_on_packet(
    struct lab *lab, void *context, const struct trace_flow *flow, const struct trace_packet *packet)
{
    (void)flow;
    struct suspended *suspended = context;
    if (suspended->awake || packet->leaving || (packet->flags & (TH_SYN | TH_ACK)) != TH_SYN)
        return;
    suspended->fault->hits++;
    if (suspended->knocked)
        return;
    suspended->knocked = true;
    suspended->alarm.at_us = lab_now_us(lab) + fault_option_number(suspended->fault->spec, "delay", 0);
    lab_alarm_set(lab, &suspended->alarm);
}

static bool end_sessions(struct server_fault *fault, struct error *error)
{
    pid_t *pids = NULL;
    size_t count = 0;
    bool found = lab_server_backends(&pids, &count, error);
    for (size_t i = 0; found && i < count; i++)
        fault->hits += kill(pids[i], SIGTERM) == 0;
    free(pids);
    return found;
}

static bool suspend(struct lab *lab, struct server_fault *fault, struct error *error)
{
    struct suspended *suspended = calloc(1, sizeof(*suspended));
    if (suspended == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    fault->own = suspended;
    *suspended = (struct suspended){.fault = fault,
        .watcher = {.on_packet = suspended_on_packet, .context = suspended},
        .alarm = {.ring = wake, .context = suspended}};
    lab_watch(lab, &suspended->watcher);
    if (!end_sessions(fault, error) || !lab_server_signal(lab, SIGSTOP, error))
        return false;
    server_fault_note(lab, fault, "process-frozen", lab_server_postmaster(lab->server));
    return true;
}

static bool wake_for_good(struct lab *lab, struct server_fault *fault, struct error *error)
{
    struct suspended *suspended = fault->own;
    if (suspended == NULL)
        return true;
    bool good = suspended->awake || lab_server_signal(lab, SIGCONT, error);
    lab_unwatch(lab, &suspended->watcher);
    lab_alarm_clear(lab, &suspended->alarm);
    free(suspended);
    return good;
}

const struct server_action server_suspended = {
    .name = "suspended", .targets = TARGET_NONE, .apply = suspend, .revert = wake_for_good};
