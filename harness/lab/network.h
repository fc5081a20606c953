// Builds the lab's network: three namespaces, two links, permanent neighbours, and netem in both directions.
#ifndef HANGUP_LAB_NETWORK_H
#define HANGUP_LAB_NETWORK_H

#include "base/error.h"
#include "contract/addresses.h"
#include "lab/lab.h"
#include "net/netem.h"

// Fills lab->namespace_fd and leaves the caller in host wan. The path is as the scenario's `network` says.
bool lab_network_build(struct lab *lab, struct error *error) MUST_CHECK;

// A change of the path, on top of the scenario's network and of the changes before it. It is its owner's, who
// takes it off again; in which order several are taken off does not matter.
struct lab_path_change {
    // What it makes of the direction towards `to`; false: it leaves that as it is.
    bool (*change)(const struct lab_path_change *change, enum host to, struct lab_netem *netem);
    const void *context;
    struct lab_path_change *next; // older
};

// Puts it on, or takes it off, and has the path follow. Whatever the result, it is on, or off, afterwards.
bool lab_network_push(struct lab *lab, struct lab_path_change *change, struct error *error) MUST_CHECK;
bool lab_network_pop(struct lab *lab, const struct lab_path_change *change, struct error *error) MUST_CHECK;

// The router's interface behind which an address is, in host byte order.
const char *lab_network_device(uint32_t to);

// The caller's network is that host's from now on; HOST_WAN brings PID 1 back.
bool lab_network_enter(const struct lab *lab, enum host host, struct error *error) MUST_CHECK;

// Counts what has gone towards `to`. From host wan.
bool lab_network_count(enum host to, struct lab_netem_counters *counters, struct error *error) MUST_CHECK;

// Pulls host db's cable and plugs it into a new host, which is host db from now on and has no address yet:
// nothing comes out of the old one any more, and what is sent to it is lost. `*old_fd`: its namespace, the
// caller's to close.
bool lab_network_replace_db(struct lab *lab, int *old_fd, struct error *error) MUST_CHECK;

// The new host's address: LAB_DB_ADDRESS, or LAB_DB_OTHER_ADDRESS.
bool lab_network_address_db(struct lab *lab, const char *address, struct error *error) MUST_CHECK;

// Not a packet of the host's own comes as far as its wire, or they do again.
bool lab_network_mute(struct lab *lab, enum host host, bool mute, struct error *error) MUST_CHECK;

// Pulls host app's cable, or plugs it in again with its routes.
bool lab_network_link_app(struct lab *lab, bool up, struct error *error) MUST_CHECK;

// Host app has the address `to` instead of `from` from now on.
bool lab_network_address_app(
    struct lab *lab, const char *from, const char *to, struct error *error) MUST_CHECK;

// Host db has this address as well from now on.
bool lab_network_add_address_db(struct lab *lab, const char *address, struct error *error) MUST_CHECK;

// Whom host app asks for names that its /etc/hosts does not hold: its /etc/resolv.conf. NULL: nobody.
bool lab_network_resolver(const char *address, struct error *error) MUST_CHECK;

// What the name of the server stands for, in host app's /etc/hosts.
bool lab_network_name_db(const char *address, struct error *error) MUST_CHECK;
// The same with several addresses, in their order, NULL-terminated; none: nobody knows the name.
bool lab_network_name_db_many(const char *const *addresses, struct error *error) MUST_CHECK;

#endif
