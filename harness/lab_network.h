// Builds the lab's network: three namespaces, two links, permanent neighbours, and netem in both directions.
#ifndef HANGUP_LAB_NETWORK_H
#define HANGUP_LAB_NETWORK_H

#include "addresses.h"
#include "error.h"
#include "lab.h"
#include "lab_netem.h"

// Fills lab->namespace_fd and leaves the caller in host wan. The path is as the scenario's `network` says.
bool lab_network_build(struct lab *lab, struct error *error) MUST_CHECK;

// What the scenario's `network` asks of the direction towards `to` (HOST_APP or HOST_DB), with the cell's
// seed.
struct lab_netem lab_network_netem(const struct lab *lab, enum host to);

// Changes that direction, and counts what has gone there. From host wan.
bool lab_network_shape(enum host to, const struct lab_netem *netem, struct error *error) MUST_CHECK;
bool lab_network_count(enum host to, struct lab_netem_counters *counters, struct error *error) MUST_CHECK;

// Pulls host db's cable and plugs it into a new host, which is host db from now on and has no address yet:
// nothing comes out of the old one any more, and what is sent to it is lost. `*old_fd`: its namespace, the
// caller's to close.
bool lab_network_replace_db(struct lab *lab, int *old_fd, struct error *error) MUST_CHECK;

// The new host's address: LAB_DB_ADDRESS, or LAB_DB_OTHER_ADDRESS.
bool lab_network_address_db(struct lab *lab, const char *address, struct error *error) MUST_CHECK;

// What the name of the server stands for, in host app's /etc/hosts.
bool lab_network_name_db(const char *address, struct error *error) MUST_CHECK;

#endif
