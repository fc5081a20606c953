// Builds the lab's network: three namespaces, two links, permanent neighbours, and netem in both directions.
#ifndef HANGUP_LAB_NETWORK_H
#define HANGUP_LAB_NETWORK_H

#include "error.h"
#include "lab.h"

// Fills lab->namespace_fd and leaves the caller in host wan. The path is as the scenario's `network` says.
bool lab_network_build(struct lab *lab, struct error *error) MUST_CHECK;

#endif
