// The server as a whole ends, in one way or another; when the fault is over it is started again on its data.
#include "fault/server.h"
#include "lab/network.h"
#include "lab/server.h"
#include "lab/sock_diag.h"
#include "net/filter.h"

#include <signal.h>
#include <stdio.h>

bool server_fault_start_again(struct lab *lab, struct server_fault *fault, struct error *error)
{
    pid_t postmaster = lab_server_postmaster(lab->server);
    if (fault->targets_count > 0 && postmaster > 0 && postmaster != fault->targets[0].pid)
        return true;
    if (!lab_server_await_end(lab, error) || !lab_server_start_again(lab, error))
        return false;
    server_fault_note(lab, fault, "server-started", lab_server_postmaster(lab->server));
    return true;
}

// stop-fast: sessions are told why, say goodbye to TLS and end; a checkpoint, and the server is gone.
static bool stop_fast(struct lab *lab, struct server_fault *fault, struct error *error)
{
    server_fault_note(lab, fault, "server-stopped", lab_server_postmaster(lab->server));
    return lab_server_signal(lab, SIGINT, error);
}

const struct server_action server_stop_fast = {
    .name = "stop-fast",
    .targets = TARGET_PROCESSES,
    .apply = stop_fast,
    .revert = server_fault_start_again,
    .count_hits = server_fault_count_ended,
};

// stop-immediate: sessions are told that the server crashes, and end without goodbye; no checkpoint.
static bool stop_immediate(struct lab *lab, struct server_fault *fault, struct error *error)
{
    server_fault_note(lab, fault, "server-stopped", lab_server_postmaster(lab->server));
    return lab_server_signal(lab, SIGQUIT, error);
}

const struct server_action server_stop_immediate = {
    .name = "stop-immediate",
    .targets = TARGET_PROCESSES,
    .apply = stop_immediate,
    .revert = server_fault_start_again,
    .count_hits = server_fault_count_ended,
};

// crash: all processes die at once; their kernel lives and says FIN for each connection.
static bool crash(struct lab *lab, struct server_fault *fault, struct error *error)
{
    server_fault_note(lab, fault, "server-stopped", lab_server_postmaster(lab->server));
    return lab_server_crash(lab, error);
}

const struct server_action server_crash = {
    .name = "crash",
    .targets = TARGET_PROCESSES,
    .apply = crash,
    .revert = server_fault_start_again,
    .count_hits = server_fault_count_ended,
};

#define TABLE_SIZE 32

static void table_of(const struct server_fault *fault, char name[static TABLE_SIZE])
{
    snprintf(name, TABLE_SIZE, "vanish_%d", (int)fault->index);
}

// vanish: the machine loses its power. Not a packet comes out of it any more, and when it is back its kernel
// knows none of its connections: what arrives for them is answered with RST. The wire is cut before anything
// dies, and the sockets go before their processes, so that nothing is left that could speak of the past.
static bool vanish(struct lab *lab, struct server_fault *fault, struct error *error)
{
    char table[TABLE_SIZE];
    table_of(fault, table);
    int64_t sockets = 0;
    return lab_network_mute(lab, HOST_DB, true, error) &&
           lab_filter_add(lab->filter, table, "iifname wan-db drop\noifname wan-db drop\n", error) &&
           lab_sockets_destroy(lab, HOST_DB, LAB_SOCKETS_ALL, 0, &sockets, error) && crash(lab, fault, error);
}

static bool return_again(struct lab *lab, struct server_fault *fault, struct error *error)
{
    char table[TABLE_SIZE];
    table_of(fault, table);
    bool started = server_fault_start_again(lab, fault, error);
    return lab_filter_remove(lab->filter, table, error) && lab_network_mute(lab, HOST_DB, false, error) &&
           started;
}

const struct server_action server_vanish = {
    .name = "vanish",
    .targets = TARGET_PROCESSES,
    .apply = vanish,
    .revert = return_again,
    .count_hits = server_fault_count_ended,
};
