// The server lives and answers new connections with a refusal in its own words, while `for` lasts.
#include "base/clock.h"
#include "base/duration.h"
#include "contract/database.h"
#include "fault/held_file.h"
#include "fault/server.h"
#include "lab/mount.h"
#include "lab/server.h"

#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SESSIONS_MAX 256       // more than max_connections of contract/database.c
#define LEAVING_US   US_PER_MS // of virtual time: what ends at this moment has ended

struct refusal {
    PGconn *sessions[SESSIONS_MAX]; // ours, on the unix socket
    size_t sessions_count;
    int64_t refused_before;
    struct held_file held;
};

static struct refusal *refusal_new(struct server_fault *fault, struct error *error)
{
    fault->own = calloc(1, sizeof(struct refusal));
    if (fault->own == NULL)
        error_set(error, ERROR_LAB, "out of memory");
    else
        ((struct refusal *)fault->own)->held.folder_fd = -1;
    return fault->own;
}

static void refusal_free(struct server_fault *fault)
{
    struct refusal *refusal = fault->own;
    for (size_t i = 0; refusal != NULL && i < refusal->sessions_count; i++)
        PQfinish(refusal->sessions[i]);
    if (refusal != NULL)
        held_file_close(&refusal->held);
    free(refusal);
    fault->own = NULL;
}

// False: the server would not have it.
static bool server_refuse_open_session(struct refusal *refusal)
{
    PGconn *session = PQconnectdb(DATABASE_SUPERUSER_CONNINFO);
    bool opened = PQstatus(session) == CONNECTION_OK && refusal->sessions_count < SESSIONS_MAX;
    if (opened)
        refusal->sessions[refusal->sessions_count++] = session;
    else
        PQfinish(session);
    return opened;
}

// The second is what it says as long as only the places kept for its administrators are free.
static int64_t count_too_many_lines(void)
{
    return server_fault_count_lines("FATAL:  sorry, too many clients already") +
           server_fault_count_lines("FATAL:  remaining connection slots are reserved");
}

// too-many-clients: others have taken every connection that was free. Sessions that are open go on.
static bool fill_up(struct lab *lab, struct server_fault *fault, struct error *error)
{
    struct refusal *refusal = refusal_new(fault, error);
    if (refusal == NULL)
        return false;
    do { // a session that is about to end leaves a place as well
        while (server_refuse_open_session(refusal))
            continue;
        clock_wait_until(clock_now_us() + LEAVING_US);
    } while (server_refuse_open_session(refusal));
    refusal->refused_before = count_too_many_lines();
    server_fault_note(lab, fault, "server-full", lab_server_postmaster(lab->server));
    return refusal->refused_before > 0 || error_set(error, ERROR_LAB, "the server does not fill up");
}

static int64_t count_too_many(struct lab *lab, const struct server_fault *fault)
{
    (void)lab;
    const struct refusal *refusal = fault->own;
    return refusal == NULL ? 0 : count_too_many_lines() - refusal->refused_before;
}

static bool leave(struct lab *lab, struct server_fault *fault, struct error *error)
{
    (void)lab, (void)error;
    refusal_free(fault);
    return true;
}

const struct server_action server_too_many_clients = {
    .name = "too-many-clients",
    .targets = TARGET_NONE,
    .apply = fill_up,
    .revert = leave,
    .count_hits = count_too_many,
};

// shutting-down: a smart stop: who is in may stay, who comes is refused. One session of ours keeps it from
// coming to its end before the fault does; then it is stopped for good, and started again.
static bool begin_shutdown(struct lab *lab, struct server_fault *fault, struct error *error)
{
    struct refusal *refusal = refusal_new(fault, error);
    if (refusal == NULL)
        return false;
    if (!server_refuse_open_session(refusal))
        return error_set(error, ERROR_LAB, "cannot connect to the server");
    server_fault_note(lab, fault, "server-stopped", lab_server_postmaster(lab->server));
    return lab_server_signal(lab, SIGTERM, error);
}

static int64_t count_shutting_down(struct lab *lab, const struct server_fault *fault)
{
    (void)lab, (void)fault;
    return server_fault_count_lines("FATAL:  the database system is shutting down");
}

static bool end_shutdown(struct lab *lab, struct server_fault *fault, struct error *error)
{
    refusal_free(fault);
    if (lab_server_postmaster(lab->server) == fault->targets[0].pid && !lab_server_signal(lab, SIGINT, error))
        return false;
    return server_fault_start_again(lab, fault, error);
}

const struct server_action server_shutting_down = {
    .name = "shutting-down",
    .targets = TARGET_POSTMASTER,
    .apply = begin_shutdown,
    .revert = end_shutdown,
    .count_hits = count_shutting_down,
};

// starting-up: the server crashes and is started again at once, and its recovery takes as long as the fault.
static bool start_slowly(struct lab *lab, struct server_fault *fault, struct error *error)
{
    struct refusal *refusal = refusal_new(fault, error);
    if (refusal == NULL)
        return false;
    server_fault_note(lab, fault, "server-stopped", lab_server_postmaster(lab->server));
    if (!lab_server_crash(lab, error) || !held_file_take(&refusal->held, LAB_MOUNT_DATABASE, error) ||
        !lab_server_start_again(lab, error))
        return false;
    server_fault_note(lab, fault, "server-started", lab_server_postmaster(lab->server));
    return true;
}

static int64_t count_starting_up(struct lab *lab, const struct server_fault *fault)
{
    (void)lab, (void)fault;
    return server_fault_count_lines("FATAL:  the database system is starting up");
}

static bool let_recover(struct lab *lab, struct server_fault *fault, struct error *error)
{
    (void)lab;
    const struct refusal *refusal = fault->own;
    bool released = refusal == NULL || held_file_release(&refusal->held, error);
    refusal_free(fault);
    return released;
}

const struct server_action server_starting_up = {
    .name = "starting-up",
    .targets = TARGET_NONE,
    .apply = start_slowly,
    .revert = let_recover,
    .count_hits = count_starting_up,
};

// backend-crash: the process of somebody else's session dies. The postmaster then trusts no shared memory any
// more: all other sessions are told so (57P02) and end, and its recovery takes as long as the fault; who
// comes meanwhile hears that the database system is in recovery mode.
static bool crash_another(struct lab *lab, struct server_fault *fault, struct error *error)
{
    struct refusal *refusal = refusal_new(fault, error);
    if (refusal == NULL)
        return false;
    if (!server_refuse_open_session(refusal))
        return error_set(error, ERROR_LAB, "cannot connect to the server");
    pid_t victim = PQbackendPID(refusal->sessions[0]);
    if (!held_file_take(&refusal->held, LAB_MOUNT_DATABASE, error))
        return false;
    if (kill(victim, SIGKILL) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot end a session of the server");
    server_fault_note(lab, fault, "backend-killed", victim);
    return true;
}

// The sessions that it ended, and who was refused afterwards.
static int64_t count_crashed(struct lab *lab, const struct server_fault *fault)
{
    return server_fault_count_ended(lab, fault) +
           server_fault_count_lines("FATAL:  the database system is in recovery mode");
}

const struct server_action server_backend_crash = {
    .name = "backend-crash",
    .targets = TARGET_PROCESSES,
    .apply = crash_another,
    .revert = let_recover,
    .count_hits = count_crashed,
};
