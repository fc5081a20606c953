// Signals to the server's processes: some die, are told to end, or freeze; nobody asks the server as a whole.
#include "base/event_wait.h"
#include "fault/server.h"
#include "lab/server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>

static bool signal_all(
    struct lab *lab, const struct server_fault *fault, int signal, const char *event, struct error *error)
{
    for (size_t i = 0; i < fault->targets_count; i++) {
        if (pidfd_send_signal(fault->targets[i].pidfd, signal, NULL, 0) == 0)
            server_fault_note(lab, fault, event, fault->targets[i].pid);
        else if (errno != ESRCH)
            return error_set_errno(
                error, ERROR_LAB, "cannot signal server process %d", (int)fault->targets[i].pid);
    }
    return true;
}

// Until they are dead, not until their parent, which may be stopped, has collected them.
static bool await_death(const struct server_fault *fault, struct error *error)
{
    for (size_t i = 0; i < fault->targets_count; i++) {
        struct pollfd dead = {.fd = fault->targets[i].pidfd, .events = POLLIN};
        while (dead.revents == 0)
            if (!event_wait(&dead, 1, NULL, error))
                return false;
    }
    return true;
}

// kill-backend: sessions die as in a crash or under the OOM killer: FIN, and TLS says no close_notify. The
// postmaster is stopped meanwhile: it answers the death of one by telling all others to end, and those would
// say goodbye. When it goes on it finds them dead, ends the rest, recovers, and takes new sessions.
static bool kill_backends(struct lab *lab, struct server_fault *fault, struct error *error)
{
    if (!lab_server_signal(lab, SIGSTOP, error))
        return false;
    bool killed = signal_all(lab, fault, SIGKILL, "backend-killed", error) && await_death(fault, error);
    if (fault->spec->for_us != FAULT_FOREVER)
        return killed;
    return lab_server_signal(lab, SIGCONT, error) && killed;
}

static bool release_postmaster(struct lab *lab, struct server_fault *fault, struct error *error)
{
    return fault->spec->for_us == FAULT_FOREVER || lab_server_signal(lab, SIGCONT, error);
}

const struct server_action server_kill_backend = {
    .name = "kill-backend",
    .targets = TARGET_SESSIONS,
    .apply = kill_backends,
    .revert = release_postmaster,
    .count_hits = server_fault_count_ended,
};

// terminate: what pg_terminate_backend() sends. The session says why (FATAL), says goodbye to TLS, and ends.
static bool terminate(struct lab *lab, struct server_fault *fault, struct error *error)
{
    return signal_all(lab, fault, SIGTERM, "backend-terminated", error);
}

const struct server_action server_terminate = {
    .name = "terminate",
    .targets = TARGET_SESSIONS,
    .apply = terminate,
    .count_hits = server_fault_count_ended,
};

// freeze: the process does nothing, and its kernel acknowledges every packet.
static bool freeze(struct lab *lab, struct server_fault *fault, struct error *error)
{
    return signal_all(lab, fault, SIGSTOP, "process-frozen", error);
}

static bool thaw(struct lab *lab, struct server_fault *fault, struct error *error)
{
    return signal_all(lab, fault, SIGCONT, "process-thawed", error);
}

static bool server_signal_is_stopped(pid_t pid)
{
    char path[64], state = 0;
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool read = fscanf(file, "%*d (%*[^)]) %c", &state) == 1;
    fclose(file);
    return read && state == 'T';
}

static int64_t count_frozen(struct lab *lab, const struct server_fault *fault)
{
    (void)lab;
    int64_t frozen = 0;
    for (size_t i = 0; i < fault->targets_count; i++)
        frozen += server_signal_is_stopped(fault->targets[i].pid);
    return frozen;
}

const struct server_action server_freeze_backend = {
    .name = "freeze-backend",
    .targets = TARGET_SESSIONS,
    .apply = freeze,
    .revert = thaw,
    .count_hits = count_frozen,
};

const struct server_action server_freeze = {
    .name = "freeze",
    .targets = TARGET_PROCESSES,
    .apply = freeze,
    .revert = thaw,
    .count_hits = count_frozen,
};

// freeze-postmaster: sessions go on; the kernel accepts new connections, and nobody greets them.
const struct server_action server_freeze_postmaster = {
    .name = "freeze-postmaster",
    .targets = TARGET_POSTMASTER,
    .apply = freeze,
    .revert = thaw,
    .count_hits = count_frozen,
};
