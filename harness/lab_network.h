// Builds the lab's network: three namespaces, two links, permanent neighbours, and netem in both directions.
#ifndef HANGUP_LAB_NETWORK_H
#define HANGUP_LAB_NETWORK_H

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

#endif
