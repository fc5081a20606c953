// The TCP sockets of a host, as its kernel keeps them: through sock_diag netlink, what `ss` and `ss --kill`
// do.
#ifndef HANGUP_LAB_SOCK_DIAG_H
#define HANGUP_LAB_SOCK_DIAG_H

#include "base/error.h"
#include "lab/lab.h"

#include <stdint.h>

#define LAB_SOCKETS_ALL         0xffffffffU
#define LAB_SOCKETS_ESTABLISHED (1U << 1) // TCP_ESTABLISHED

// Makes the kernel of a host forget its TCP sockets in `states` (a bit for each TCP state): it sends an RST
// for each that is connected, and tells the process. `port`: only those whose other end has this port; 0:
// all. Adds their number to `*destroyed`.
bool lab_sockets_destroy(struct lab *lab, enum host host, uint32_t states, uint16_t port, int64_t *destroyed,
    struct error *error) MUST_CHECK;

// How many connections to the database host app has established.
bool lab_sockets_count(struct lab *lab, int64_t *count, struct error *error) MUST_CHECK;

#endif
