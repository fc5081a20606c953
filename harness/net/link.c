// rtnetlink requests, one function each.
#include "net/link.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/route.h>
#include <netlink/route/tc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct lab_link {
    struct nl_sock *socket;
};

static bool check_link_call(int result, struct error *error, const char *what, const char *device)
{
    if (result < 0)
        return error_set(error, ERROR_LAB, "%s %s: %s", what, device, nl_geterror(result));
    return true;
}

struct lab_link *lab_link_open(struct error *error)
{
    struct lab_link *link = calloc(1, sizeof(*link));
    if (link != NULL)
        link->socket = nl_socket_alloc();
    int result = link == NULL || link->socket == NULL ? -NLE_NOMEM : nl_connect(link->socket, NETLINK_ROUTE);
    if (check_link_call(result, error, "cannot open", "netlink"))
        return link;
    lab_link_close(link);
    return NULL;
}

void lab_link_close(struct lab_link *link)
{
    if (link != NULL)
        nl_socket_free(link->socket);
    free(link);
}

struct nl_sock *lab_link_socket(struct lab_link *link)
{
    return link->socket;
}

int lab_link_index(struct lab_link *link, const char *device)
{
    struct rtnl_link *found = NULL;
    if (rtnl_link_get_kernel(link->socket, 0, device, &found) < 0)
        return 0;
    int index = rtnl_link_get_ifindex(found);
    rtnl_link_put(found);
    return index;
}

static int set_mac(struct rtnl_link *link, const char *mac)
{
    struct nl_addr *address = NULL;
    int result = nl_addr_parse(mac, AF_LLC, &address);
    if (result == 0)
        rtnl_link_set_addr(link, address);
    nl_addr_put(address);
    return result;
}

bool lab_link_add_veth(struct lab_link *link, const struct lab_veth *veth, struct error *error)
{
    struct rtnl_link *end = rtnl_link_veth_alloc();
    if (end == NULL)
        return check_link_call(-NLE_NOMEM, error, "cannot add", veth->name);
    struct rtnl_link *peer = rtnl_link_veth_get_peer(end);
    rtnl_link_set_name(end, veth->name);
    rtnl_link_set_name(peer, veth->peer_name);
    rtnl_link_set_ns_fd(peer, veth->peer_namespace_fd);
    int result = set_mac(end, veth->mac);
    if (result == 0)
        result = set_mac(peer, veth->peer_mac);
    if (result == 0)
        result = rtnl_link_add(link->socket, end, NLM_F_CREATE | NLM_F_EXCL);
    rtnl_link_put(peer);
    rtnl_link_put(end);
    return check_link_call(result, error, "cannot add", veth->name);
}

// Takes over `change`.
static int change_device(struct lab_link *link, const char *device, struct rtnl_link *change)
{
    struct rtnl_link *old = NULL;
    int result = rtnl_link_get_kernel(link->socket, 0, device, &old);
    if (result == 0)
        result = rtnl_link_change(link->socket, old, change, 0);
    rtnl_link_put(old);
    rtnl_link_put(change);
    return result;
}

bool lab_link_move(struct lab_link *link, const char *device, int namespace_fd, struct error *error)
{
    struct rtnl_link *change = rtnl_link_alloc();
    if (change == NULL)
        return check_link_call(-NLE_NOMEM, error, "cannot move", device);
    rtnl_link_set_ns_fd(change, namespace_fd);
    return check_link_call(change_device(link, device, change), error, "cannot move", device);
}

bool lab_link_up(struct lab_link *link, const char *device, struct error *error)
{
    struct rtnl_link *change = rtnl_link_alloc();
    if (change == NULL)
        return check_link_call(-NLE_NOMEM, error, "cannot bring up", device);
    rtnl_link_set_flags(change, IFF_UP);
    return check_link_call(change_device(link, device, change), error, "cannot bring up", device);
}

bool lab_link_down(struct lab_link *link, const char *device, struct error *error)
{
    struct rtnl_link *change = rtnl_link_alloc();
    if (change == NULL)
        return check_link_call(-NLE_NOMEM, error, "cannot take down", device);
    rtnl_link_unset_flags(change, IFF_UP);
    return check_link_call(change_device(link, device, change), error, "cannot take down", device);
}

static int change_address(struct lab_link *link, const char *device, const char *address, int prefix_length,
    int (*change)(struct nl_sock *socket, struct rtnl_addr *address, int flags))
{
    struct rtnl_addr *changed = rtnl_addr_alloc();
    struct nl_addr *local = NULL;
    int result = changed == NULL ? -NLE_NOMEM : nl_addr_parse(address, AF_INET, &local);
    if (result == 0) {
        nl_addr_set_prefixlen(local, prefix_length);
        rtnl_addr_set_local(changed, local);
        rtnl_addr_set_ifindex(changed, lab_link_index(link, device));
        result = change(link->socket, changed, 0);
    }
    nl_addr_put(local);
    rtnl_addr_put(changed);
    return result;
}

bool lab_link_add_address(
    struct lab_link *link, const char *device, const char *address, int prefix_length, struct error *error)
{
    return check_link_call(change_address(link, device, address, prefix_length, rtnl_addr_add), error,
        "cannot give an address to", device);
}

bool lab_link_remove_address(
    struct lab_link *link, const char *device, const char *address, int prefix_length, struct error *error)
{
    return check_link_call(change_address(link, device, address, prefix_length, rtnl_addr_delete), error,
        "cannot take an address from", device);
}

bool lab_link_add_default_route(
    struct lab_link *link, const char *device, const char *gateway, struct error *error)
{
    struct rtnl_route *route = rtnl_route_alloc();
    struct rtnl_nexthop *hop = rtnl_route_nh_alloc();
    struct nl_addr *via = NULL, *everywhere = NULL;
    int result = route == NULL || hop == NULL ? -NLE_NOMEM : nl_addr_parse(gateway, AF_INET, &via);
    if (result == 0)
        result = nl_addr_parse("default", AF_INET, &everywhere);
    if (result == 0) {
        rtnl_route_set_dst(route, everywhere);
        rtnl_route_nh_set_ifindex(hop, lab_link_index(link, device));
        rtnl_route_nh_set_gateway(hop, via);
        rtnl_route_add_nexthop(route, hop);
        hop = NULL; // the route owns it
        result = rtnl_route_add(link->socket, route, 0);
    }
    if (hop != NULL)
        rtnl_route_nh_free(hop);
    nl_addr_put(via);
    nl_addr_put(everywhere);
    rtnl_route_put(route);
    return check_link_call(result, error, "cannot set the default route of", device);
}

bool lab_link_add_neighbour(
    struct lab_link *link, const char *device, const char *address, const char *mac, struct error *error)
{
    struct rtnl_neigh *neighbour = rtnl_neigh_alloc();
    struct nl_addr *destination = NULL, *hardware = NULL;
    int result = neighbour == NULL ? -NLE_NOMEM : nl_addr_parse(address, AF_INET, &destination);
    if (result == 0)
        result = nl_addr_parse(mac, AF_LLC, &hardware);
    if (result == 0) {
        rtnl_neigh_set_ifindex(neighbour, lab_link_index(link, device));
        rtnl_neigh_set_dst(neighbour, destination);
        rtnl_neigh_set_lladdr(neighbour, hardware);
        rtnl_neigh_set_state(neighbour, NUD_PERMANENT);
        result = rtnl_neigh_add(link->socket, neighbour, NLM_F_CREATE | NLM_F_REPLACE);
    }
    nl_addr_put(destination);
    nl_addr_put(hardware);
    rtnl_neigh_put(neighbour);
    return check_link_call(result, error, "cannot set the neighbour of", device);
}

static int set_feature(int socket_fd, const char *device, unsigned command)
{
    struct ethtool_value value = {.cmd = command, .data = 0};
    struct ifreq request = {.ifr_data = (char *)&value};
    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
    return ioctl(socket_fd, SIOCETHTOOL, &request);
}

bool lab_link_disable_offloads(const char *device, struct error *error)
{
    static const unsigned commands[] = {ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, ETHTOOL_STXCSUM};
    int socket_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool done = socket_fd >= 0;
    for (size_t i = 0; done && i < sizeof(commands) / sizeof(commands[0]); i++)
        done = set_feature(socket_fd, device, commands[i]) == 0 || errno == EOPNOTSUPP;
    if (!done)
        error_set_errno(error, ERROR_LAB, "cannot switch off the offloads of %s", device);
    if (socket_fd >= 0)
        close(socket_fd);
    return done;
}

static bool read_queue(struct lab_link *link, const char *device, size_t *packets, struct error *error)
{
    struct nl_cache *queues = NULL;
    int result = rtnl_qdisc_alloc_cache(link->socket, &queues);
    if (result < 0)
        return check_link_call(result, error, "cannot read the queue of", device);
    struct rtnl_qdisc *root = rtnl_qdisc_get_by_parent(queues, lab_link_index(link, device), TC_H_ROOT);
    if (root != NULL)
        *packets = (size_t)rtnl_tc_get_stat(TC_CAST(root), RTNL_TC_QLEN);
    else
        result = -NLE_OBJ_NOTFOUND;
    rtnl_qdisc_put(root);
    nl_cache_free(queues);
    return check_link_call(result, error, "cannot read the queue of", device);
}

bool lab_link_queued(const char *device, size_t *packets, struct error *error)
{
    struct lab_link *link = lab_link_open(error);
    if (link == NULL)
        return false;
    bool read = read_queue(link, device, packets, error);
    lab_link_close(link);
    return read;
}
