// What stands in host proxy where the network has two legs: a TCP proxy of the lab's own, or a pooler as
// Debian has it.
#ifndef HANGUP_LAB_PROXY_H
#define HANGUP_LAB_PROXY_H

#include "base/error.h"
#include "lab/lab.h"

struct lab_proxy;

// From host wan, when the server accepts connections. lab->proxy stays NULL where the network has one leg.
bool lab_proxy_start(struct lab *lab, struct error *error) MUST_CHECK;
void lab_proxy_free(struct lab_proxy *proxy);

// Writes the event `flow-table`: how many connections the TCP proxy has dropped.
void lab_proxy_report(struct lab *lab);

#endif
