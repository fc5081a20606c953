// server: what the database's own processes do. kill-backend: every session's process dies at once, as in a
// crash or under the OOM killer; its sockets close with a FIN, and TLS never says close_notify.
#include "fault_kinds.h"
#include "lab.h"
#include "lab_server.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <unistd.h>

struct server_fault {
    int64_t hits;
};

// Kills one process and waits until it is dead (not until its parent, which is stopped, has collected it).
static bool kill_one(pid_t pid, struct error *error)
{
    int pidfd = pidfd_open(pid, 0);
    if (pidfd < 0 || kill(pid, SIGKILL) != 0) {
        error_set_errno(error, ERROR_LAB, "cannot kill backend %d", (int)pid);
        if (pidfd >= 0)
            close(pidfd);
        return false;
    }
    struct pollfd dead = {.fd = pidfd, .events = POLLIN};
    while (poll(&dead, 1, -1) < 0)
        continue;
    close(pidfd);
    return true;
}

static bool kill_backends(struct lab *lab, struct server_fault *fault, json_int_t index, struct error *error)
{
    pid_t *pids;
    size_t count;
    bool killed = lab_server_backends(&pids, &count, error);
    for (size_t i = 0; killed && i < count; i++) {
        killed = kill_one(pids[i], error);
        fault->hits += killed;
        if (killed)
            lab_event(lab, "backend-killed", json_pack("{s:I, s:i}", "fault", index, "pid", (int)pids[i]));
    }
    free(pids);
    return killed;
}

// The postmaster is stopped meanwhile: it answers the death of one backend by telling all others to end, and
// those would say goodbye. When it goes on it finds them all dead, recovers, and takes new sessions.
static bool apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct server_fault *fault = calloc(1, sizeof(*fault));
    if (fault == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = fault;
    pid_t postmaster = lab_server_postmaster(lab->server);
    if (kill(postmaster, SIGSTOP) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot stop the postmaster");
    bool killed = kill_backends(lab, fault, (json_int_t)(spec - lab->cell->scenario->faults), error);
    kill(postmaster, SIGCONT);
    return killed;
}

static bool revert(struct lab *lab, void *state, struct error *error)
{
    (void)lab, (void)error;
    free(state); // the server has recovered by itself
    return true;
}

static bool count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    (void)lab, (void)error;
    *hits = ((const struct server_fault *)state)->hits;
    return true;
}

static const char *const arguments[] = {"kill-backend", NULL};

const struct fault_kind fault_server = {
    .name = "server",
    .arguments = arguments,
    .summary = "kill-backend: all backends die at once: FIN without close_notify, then the server recovers",
    .apply = apply,
    .revert = revert,
    .count_hits = count_hits,
};
