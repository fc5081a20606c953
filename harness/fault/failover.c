// failover: the server's machine is gone between two packets, without a FIN or an RST, and a standby goes on
// with its data on another machine. takeover: at the same address, as behind a floating one; it knows nothing
// of the connections of the first, and its kernel answers them with RST. name: at another address, to which
// the server's name points from then on; the old address is silent for ever, or with `old` its server lives
// on, read-only or as if nothing had been.
#include "contract/addresses.h"
#include "fault/kinds.h"
#include "fault/server.h"
#include "lab/alarm.h"
#include "lab/flow.h"
#include "lab/lab.h"
#include "lab/network.h"
#include "lab/server.h"
#include "net/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct failover {
    json_int_t index; // of the fault
    bool by_name, done, filtered;
    bool lives, read_only; // the first server
    char table[32];
    int old_fd;   // the first machine's namespace
    int64_t hits; // packets that went out to the second one
    struct lab_watcher watcher;
    struct lab_alarm alarm;
};

static void failover_on_packet(
    struct lab *lab, void *context, const struct trace_flow *flow, const struct trace_packet *packet)
{
    (void)lab;
    struct failover *failover = context;
    failover->hits += failover->done && packet->leaving && packet->destination_port == flow->server_port;
}

static bool silence_old_address(struct lab *lab, struct failover *failover, struct error *error)
{
    failover->filtered = lab_filter_add(
        lab->filter, failover->table, "ip daddr " LAB_DB_ADDRESS " counter drop\n", error);
    return failover->filtered;
}

static void note_takeover(struct lab *lab, const struct failover *failover, const char *address)
{
    lab_event(lab, "fault-hit",
        json_pack("{s:I, s:s, s:s}", "fault", failover->index, "what", "taken over", "address", address));
}

// Two servers, and a name that points to the second. What the first has taken until now is in both.
static bool take_over_name(struct lab *lab, struct failover *failover, struct error *error)
{
    failover->done = true;
    if (!lab_network_add_address_db(lab, LAB_DB_OTHER_ADDRESS, error) ||
        !lab_server_start_other(lab, LAB_DB_OTHER_ADDRESS, error))
        return false;
    // The copy has its settings, too.
    if (failover->read_only && !server_tell(lab, "ALTER SYSTEM RESET default_transaction_read_only", error))
        return false;
    note_takeover(lab, failover, LAB_DB_OTHER_ADDRESS);
    return lab_network_name_db(LAB_DB_OTHER_ADDRESS, error);
}

// The new one is on the network when it is ready, not before: a machine that refuses connections meanwhile
// would be another claim.
static bool take_over(struct lab *lab, struct failover *failover, struct error *error)
{
    if (failover->lives)
        return take_over_name(lab, failover, error);
    const char *address = failover->by_name ? LAB_DB_OTHER_ADDRESS : LAB_DB_ADDRESS;
    failover->done = true;
    if (!lab_server_start_again(lab, error) || !lab_server_await(lab, error) ||
        !lab_network_address_db(lab, address, error) ||
        (failover->by_name && !lab_network_name_db(address, error)))
        return false;
    note_takeover(lab, failover, address);
    return true;
}

static void on_time(struct lab *lab, void *context)
{
    struct failover *failover = context;
    struct error error = {0};
    if (!take_over(lab, failover, &error))
        lab_event(
            lab, "fault-failed", json_pack("{s:I, s:s}", "fault", failover->index, "error", error.text));
}

static bool failover_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct failover *failover = calloc(1, sizeof(*failover));
    if (failover == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = failover;
    failover->index = (json_int_t)spec->index;
    failover->by_name = strcmp(spec->argument, "name") == 0;
    const char *old = fault_option_word(spec, "old", "gone");
    failover->lives = strcmp(old, "gone") != 0;
    failover->read_only = strcmp(old, "read-only") == 0;
    failover->old_fd = -1;
    snprintf(failover->table, sizeof(failover->table), "failover_%d", (int)failover->index);
    failover->watcher = (struct lab_watcher){.on_packet = failover_on_packet, .context = failover};
    failover->alarm = (struct lab_alarm){
        .at_us = spec->at_us + fault_option_number(spec, "delay", 0), .ring = on_time, .context = failover};
    lab_watch(lab, &failover->watcher);
    lab_alarm_set(lab, &failover->alarm);
    if (failover->lives)
        return !failover->read_only ||
               server_tell(lab, "ALTER SYSTEM SET default_transaction_read_only = on", error);
    // The cable first: what the processes say when they die must not get out.
    return lab_network_replace_db(lab, &failover->old_fd, error) && lab_server_crash(lab, error) &&
           (!failover->by_name || silence_old_address(lab, failover, error));
}

// There is no way back to the first machine; but the lab cannot end without a server.
static bool failover_revert(struct lab *lab, void *state, struct error *error)
{
    struct failover *failover = state;
    lab_unwatch(lab, &failover->watcher);
    lab_alarm_clear(lab, &failover->alarm);
    bool good = failover->done || take_over(lab, failover, error);
    struct error later = {0}; // the first error is the cause
    if (failover->filtered && !lab_filter_remove(lab->filter, failover->table, good ? error : &later))
        good = false;
    if (failover->by_name && !lab_network_name_db(LAB_DB_ADDRESS, good ? error : &later))
        good = false;
    if (failover->old_fd >= 0)
        close(failover->old_fd);
    free(failover);
    return good;
}

static bool failover_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    (void)lab, (void)error;
    *hits = ((const struct failover *)state)->hits;
    return true;
}

const struct fault_behaviour fault_failover = {
    .kind = "failover",
    .apply = failover_apply,
    .revert = failover_revert,
    .count_hits = failover_count_hits,
};
