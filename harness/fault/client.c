// client: what happens to the application and its machine. Here are the two that hold its processes; what
// happens to its network is client_network.c's.
#include "fault/client.h"

#include "contract/addresses.h"
#include "fault/kinds.h"
#include "lab/network.h"
#include "lab/process.h"
#include "lab/sock_diag.h"
#include "net/filter.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct client_action *const client_actions[] = {
    &client_address_changed, &client_freeze, &client_link_down, &client_moved, &client_vanish};

static bool signal_application(struct lab *lab, int signal, struct error *error)
{
    return kill(-lab->application, signal) == 0 ||
           error_set_errno(error, ERROR_LAB, "cannot stop or wake the application");
}

// freeze: its processes stand still, as under a closed laptop lid, a paused container or a migrating virtual
// machine; its kernel goes on answering.
static bool stand_still(struct lab *lab, struct client_fault *fault, struct error *error)
{
    (void)fault;
    return signal_application(lab, SIGSTOP, error);
}

static bool go_on(struct lab *lab, struct client_fault *fault, struct error *error)
{
    (void)fault;
    return signal_application(lab, SIGCONT, error);
}

static bool count_stopped(
    struct lab *lab, const struct client_fault *fault, int64_t *hits, struct error *error)
{
    (void)fault;
    return lab_process_count_stopped(lab->application, hits, error);
}

const struct client_action client_freeze = {
    .name = "freeze", .apply = stand_still, .revert = go_on, .count_hits = count_stopped};

// vanish: its machine loses its power. Not a packet comes out of it, and its kernel forgets its connections:
// the server knows nothing of that, and keeps their sessions and locks. When the machine is back the
// application goes on, and finds its connections aborted; what the server still sends for them is answered
// with RST.
static bool lose_power(struct lab *lab, struct client_fault *fault, struct error *error)
{
    int64_t sockets = 0;
    return stand_still(lab, fault, error) && lab_network_mute(lab, HOST_APP, true, error) &&
           lab_filter_add(lab->filter, fault->table,
               "iifname wan-app counter drop\noifname wan-app counter drop\n", error) &&
           lab_sockets_count(lab, &fault->hits, error) &&
           lab_sockets_destroy(lab, HOST_APP, LAB_SOCKETS_ALL, LAB_DB_PORT, &sockets, error);
}

static bool get_power(struct lab *lab, struct client_fault *fault, struct error *error)
{
    struct error later = {0}; // the first error is the cause
    bool good = lab_network_mute(lab, HOST_APP, false, error);
    good &= lab_filter_remove(lab->filter, fault->table, good ? error : &later);
    return go_on(lab, fault, good ? error : &later) && good;
}

const struct client_action client_vanish = {.name = "vanish", .apply = lose_power, .revert = get_power};

static bool client_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct client_fault *fault = calloc(1, sizeof(*fault));
    if (fault == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = fault;
    fault->spec = spec;
    fault_filter_name(spec, fault->table);
    for (size_t i = 0; i < sizeof(client_actions) / sizeof(client_actions[0]); i++)
        if (strcmp(client_actions[i]->name, spec->argument) == 0)
            fault->action = client_actions[i];
    return fault->action->apply(lab, fault, error);
}

static bool client_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    const struct client_fault *fault = state;
    *hits = fault->hits;
    return fault->action->count_hits == NULL || fault->action->count_hits(lab, fault, hits, error);
}

static bool client_revert(struct lab *lab, void *state, struct error *error)
{
    struct client_fault *fault = state;
    bool reverted = fault->action->revert(lab, fault, error);
    free(fault);
    return reverted;
}

const struct fault_behaviour fault_client = {
    .kind = "client",
    .apply = client_apply,
    .revert = client_revert,
    .count_hits = client_count_hits,
};
