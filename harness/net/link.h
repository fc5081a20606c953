// What `ip` does, for one network namespace, through libnl: links, addresses, routes, neighbours.
#ifndef HANGUP_NET_LINK_H
#define HANGUP_NET_LINK_H

#include "base/error.h"

#include <stddef.h>

struct lab_link; // a netlink socket of the namespace in which it was opened
struct nl_sock;

struct lab_link *lab_link_open(struct error *error) MUST_CHECK;
void lab_link_close(struct lab_link *link);
struct nl_sock *lab_link_socket(struct lab_link *link);

struct lab_veth {
    const char *name, *mac;           // this end
    const char *peer_name, *peer_mac; // the other end
    int peer_namespace_fd;
};

bool lab_link_add_veth(struct lab_link *link, const struct lab_veth *veth, struct error *error) MUST_CHECK;
// Into another namespace; it is down there, and has lost its addresses and routes.
bool lab_link_move(
    struct lab_link *link, const char *device, int namespace_fd, struct error *error) MUST_CHECK;
bool lab_link_up(struct lab_link *link, const char *device, struct error *error) MUST_CHECK;
// It keeps its addresses, and loses its routes and neighbours.
bool lab_link_down(struct lab_link *link, const char *device, struct error *error) MUST_CHECK;
bool lab_link_add_address(struct lab_link *link, const char *device, const char *address, int prefix_length,
    struct error *error) MUST_CHECK;
bool lab_link_remove_address(struct lab_link *link, const char *device, const char *address,
    int prefix_length, struct error *error) MUST_CHECK;
bool lab_link_add_default_route(
    struct lab_link *link, const char *device, const char *gateway, struct error *error) MUST_CHECK;
bool lab_link_add_neighbour(struct lab_link *link, const char *device, const char *address, const char *mac,
    struct error *error) MUST_CHECK;

// Of a device in the caller's namespace (an ioctl, not netlink: the guest's kernel has no ethtool netlink).
bool lab_link_disable_offloads(const char *device, struct error *error) MUST_CHECK;

// How many packets wait in the queue of a device of the caller's namespace.
bool lab_link_queued(const char *device, size_t *packets, struct error *error) MUST_CHECK;

// 0: no such device.
int lab_link_index(struct lab_link *link, const char *device);

#endif
