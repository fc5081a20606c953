// Inside the fault client: what happens to the application's machine is one action, and its network has a
// file.
#ifndef HANGUP_FAULT_CLIENT_H
#define HANGUP_FAULT_CLIENT_H

#include "fault/filter.h"
#include "lab/lab.h"
#include "scenario/fault.h"

struct client_fault {
    const struct fault_spec *spec;
    const struct client_action *action;
    char table[FAULT_FILTER_NAME_SIZE]; // of the packet filter
    int64_t hits;                       // where the action counts them itself
};

struct client_action {
    const char *name; // the fault's argument
    bool (*apply)(struct lab *lab, struct client_fault *fault, struct error *error) MUST_CHECK;
    bool (*revert)(struct lab *lab, struct client_fault *fault, struct error *error) MUST_CHECK;
    // NULL: `fault->hits`.
    bool (*count_hits)(
        struct lab *lab, const struct client_fault *fault, int64_t *hits, struct error *error) MUST_CHECK;
};

extern const struct client_action client_freeze, client_vanish;
extern const struct client_action client_link_down, client_address_changed, client_moved;

#endif
