// The server's own sockets, taken from inside its processes: what the harness does with one, the server's
// kernel says on the wire.
#ifndef HANGUP_LAB_STEAL_SOCKET_H
#define HANGUP_LAB_STEAL_SOCKET_H

#include "base/error.h"
#include "lab/flow.h"

#include <sys/types.h>

struct lab_socket {
    int fd;    // another descriptor of the same socket; the caller's to close
    pid_t pid; // the process that holds it
};

// The server's end of `flow`. False: ERROR_LAB, also when no process holds it (any more).
bool lab_socket_take(const struct trace_flow *flow, struct lab_socket *taken, struct error *error) MUST_CHECK;

// Ends the connection at once with an RST to the peer; the process sees an error.
bool lab_socket_reset(int fd, struct error *error) MUST_CHECK;

#endif
