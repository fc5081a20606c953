// The network of the lab, through libnl; drawn in lab.h.
#include "lab/network.h"

#include "contract/addresses.h"
#include "lab/mount.h"
#include "net/link.h"
#include "net/sysctl.h"
#include "trace/packet.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#define PREFIX_LENGTH 24

// A host at the edge, and the router's interface that leads to it.
struct edge {
    enum host host;
    const char *router_device;
    const char *address, *router_address;
    const char *mac, *router_mac; // fixed, so that the same cell gives the same bytes
};

static const struct edge edges[] = {
    {HOST_APP, "wan-app", LAB_APP_ADDRESS, "192.0.2.1", "02:00:00:00:01:02", "02:00:00:00:01:01"},
    {HOST_DB, "wan-db", LAB_DB_ADDRESS, "198.51.100.1", "02:00:00:00:02:02", "02:00:00:00:02:01"},
    {HOST_PROXY, "wan-proxy", LAB_PROXY_ADDRESS, "203.0.113.1", "02:00:00:00:03:02", "02:00:00:00:03:01"},
};
#define PORT_RANGE "/proc/sys/net/ipv4/ip_local_port_range"
// Below those of host app, so that a port tells a connection of one leg from one of the other.
#define PROXY_PORTS "20000 29999"

#define ENDS 2 // app and db, which every network has

static size_t edges_of(const struct lab *lab)
{
    return network_has_legs(&lab->cell->scenario->network) ? ENDS + 1 : ENDS;
}

// Makes one namespace for each host; the caller moves through them and ends in the last.
static bool make_namespaces(struct lab *lab, struct lab_link *links[HOSTS], struct error *error)
{
    static const enum host order[] = {HOST_PROXY, HOST_APP, HOST_DB, HOST_WAN};
    for (size_t i = edges_of(lab) > ENDS ? 0 : 1; i < HOSTS; i++) {
        enum host host = order[i];
        if (unshare(CLONE_NEWNET) != 0)
            return error_set_errno(error, ERROR_LAB, "cannot make a network namespace");
        lab->namespace_fd[host] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
        if (lab->namespace_fd[host] < 0)
            return error_set_errno(error, ERROR_LAB, "/proc/self/ns/net");
        links[host] = lab_link_open(error);
        if (links[host] == NULL || !lab_link_up(links[host], "lo", error) ||
            (host == HOST_PROXY && !lab_sysctl_write(PORT_RANGE, PROXY_PORTS, error)))
            return false;
    }
    return lab_sysctl_write("/proc/sys/net/ipv4/ip_forward", "1", error);
}

// What an end of the cable needs besides the cable and its address.
static bool bring_up(struct lab_link *router, struct lab_link *host, const struct edge *edge,
    const char *address, struct error *error)
{
    if (!lab_link_up(host, "eth0", error) ||
        !lab_link_add_default_route(host, "eth0", edge->router_address, error))
        return false;
    // Permanent neighbours: a dead next hop must look like a WAN (ETIMEDOUT), not like a LAN (EHOSTUNREACH).
    return lab_link_add_neighbour(router, edge->router_device, address, edge->mac, error) &&
           lab_link_add_neighbour(host, "eth0", edge->router_address, edge->router_mac, error);
}

static bool configure_host(struct lab_link *router, struct lab_link *host, const struct edge *edge,
    const char *address, struct error *error)
{
    return lab_link_add_address(host, "eth0", address, PREFIX_LENGTH, error) &&
           bring_up(router, host, edge, address, error);
}

static bool connect_edge(
    struct lab *lab, struct lab_link *links[HOSTS], const struct edge *edge, struct error *error)
{
    struct lab_link *router = links[HOST_WAN], *host = links[edge->host];
    const struct lab_veth veth = {.name = edge->router_device,
        .mac = edge->router_mac,
        .peer_name = "eth0",
        .peer_mac = edge->mac,
        .peer_namespace_fd = lab->namespace_fd[edge->host]};
    if (!lab_link_add_veth(router, &veth, error))
        return false;
    return lab_link_add_address(router, edge->router_device, edge->router_address, PREFIX_LENGTH, error) &&
           lab_link_up(router, edge->router_device, error) &&
           configure_host(router, host, edge, edge->address, error);
}

// Offloads off, so that the capture shows the packets of a real wire: one segment each, with its checksum.
static bool plain_packets(struct lab *lab, const struct edge *edge, struct error *error)
{
    bool plain = lab_link_disable_offloads(edge->router_device, error);
    if (setns(lab->namespace_fd[edge->host], CLONE_NEWNET) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot enter a host");
    plain = plain && lab_link_disable_offloads("eth0", error);
    if (setns(lab->namespace_fd[HOST_WAN], CLONE_NEWNET) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot enter host wan");
    return plain;
}

static size_t edge_to(enum host to)
{
    size_t index = 0;
    while (edges[index].host != to)
        index++;
    return index;
}

// One direction of the scenario's path.
static struct lab_netem netem_of(const struct network *network, uint64_t seed)
{
    return (struct lab_netem){
        .delay_us = network->rtt_us / 2,
        .jitter_us = network->jitter_us,
        .loss_ppm = network->loss_ppm,
        .duplicate_ppm = network->duplicate_ppm,
        .reorder_ppm = network->reorder_ppm,
        .corrupt_ppm = network->corrupt_ppm,
        .rate_bps = network->rate_bps,
        .seed = seed,
    };
}

static struct lab_netem own_netem(const struct lab *lab, enum host to)
{
    // A seed of its own for each direction, or both would lose the same packets.
    return netem_of(&lab->cell->scenario->network, lab->cell->seed * ENDS + edge_to(to) + 1);
}

// From the scenario's own network on, the oldest change first.
static void change_all(const struct lab_path_change *change, enum host to, struct lab_netem *netem)
{
    if (change == NULL)
        return;
    change_all(change->next, to, netem);
    (void)change->change(change, to, netem);
}

static bool shape(struct lab *lab, struct lab_link *router, enum host to, struct error *error)
{
    struct lab_netem netem = own_netem(lab, to);
    change_all(lab->path_changes, to, &netem);
    return lab_netem_set(router, edges[edge_to(to)].router_device, &netem, error);
}

// The directions that `change` is about; the others must not be touched, or netem would throw its dice anew.
static bool shape_for(struct lab *lab, const struct lab_path_change *change, struct error *error)
{
    struct lab_link *router = lab_link_open(error);
    bool shaped = router != NULL;
    for (size_t i = 0; shaped && i < edges_of(lab); i++) {
        struct lab_netem ignored = {0};
        if (change->change(change, edges[i].host, &ignored))
            shaped = shape(lab, router, edges[i].host, error);
    }
    lab_link_close(router);
    return shaped;
}

bool lab_network_push(struct lab *lab, struct lab_path_change *change, struct error *error)
{
    change->next = lab->path_changes;
    lab->path_changes = change;
    return shape_for(lab, change, error);
}

bool lab_network_pop(struct lab *lab, const struct lab_path_change *change, struct error *error)
{
    struct lab_path_change **link = &lab->path_changes;
    while (*link != NULL && *link != change)
        link = &(*link)->next;
    if (*link != NULL)
        *link = change->next;
    return shape_for(lab, change, error);
}

const char *lab_network_device(uint32_t to)
{
    for (size_t i = 0; i < ENDS + 1; i++)
        if (to == ntohl(inet_addr(edges[i].address)))
            return edges[i].router_device;
    return trace_packet_is_app(to) ? edges[0].router_device : edges[1].router_device;
}

bool lab_network_enter(const struct lab *lab, enum host host, struct error *error)
{
    return setns(lab->namespace_fd[host], CLONE_NEWNET) == 0 ||
           error_set_errno(error, ERROR_LAB, "cannot enter a host");
}

bool lab_network_count(enum host to, struct lab_netem_counters *counters, struct error *error)
{
    struct lab_link *router = lab_link_open(error);
    bool counted = router != NULL &&
                   lab_netem_count(router, edges[edge_to(to)].router_device, counters, error);
    lab_link_close(router);
    return counted;
}

static bool build_network(struct lab *lab, struct lab_link *links[HOSTS], struct error *error)
{
    if (!make_namespaces(lab, links, error))
        return false;
    for (size_t i = 0; i < edges_of(lab); i++) {
        const struct lab_netem netem = own_netem(lab, edges[i].host);
        if (!connect_edge(lab, links, &edges[i], error) || !plain_packets(lab, &edges[i], error) ||
            !lab_netem_set(links[HOST_WAN], edges[i].router_device, &netem, error))
            return false;
    }
    return true;
}

bool lab_network_build(struct lab *lab, struct error *error)
{
    struct lab_link *links[HOSTS] = {0};
    bool built = build_network(lab, links, error);
    for (size_t i = 0; i < HOSTS; i++)
        lab_link_close(links[i]);
    return built ? true : error_context(error, "the lab's network");
}

// A socket of the namespace, opened from outside.
static struct lab_link *open_link_in(struct lab *lab, enum host host, struct error *error)
{
    struct lab_link *link = NULL;
    if (setns(lab->namespace_fd[host], CLONE_NEWNET) == 0)
        link = lab_link_open(error);
    else
        error_set_errno(error, ERROR_LAB, "cannot enter a host");
    if (setns(lab->namespace_fd[HOST_WAN], CLONE_NEWNET) == 0)
        return link;
    error_set_errno(error, ERROR_LAB, "cannot enter host wan");
    lab_link_close(link);
    return NULL;
}

// The caller is in host wan, before and after.
static int make_namespace(const struct lab *lab, struct error *error)
{
    int fd = -1;
    if (unshare(CLONE_NEWNET) == 0)
        fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (setns(lab->namespace_fd[HOST_WAN], CLONE_NEWNET) != 0 || fd < 0)
        error_set_errno(error, ERROR_LAB, "cannot make a host");
    return fd;
}

bool lab_network_replace_db(struct lab *lab, int *old_fd, struct error *error)
{
    *old_fd = -1;
    int new_fd = make_namespace(lab, error);
    struct lab_link *old = new_fd < 0 ? NULL : open_link_in(lab, HOST_DB, error);
    bool moved = old != NULL && lab_link_move(old, "eth0", new_fd, error);
    lab_link_close(old);
    if (moved) {
        *old_fd = lab->namespace_fd[HOST_DB];
        lab->namespace_fd[HOST_DB] = new_fd;
    } else if (new_fd >= 0) {
        close(new_fd);
    }
    return moved;
}

bool lab_network_address_db(struct lab *lab, const char *address, struct error *error)
{
    const struct edge *edge = &edges[edge_to(HOST_DB)];
    struct lab_link *router = lab_link_open(error);
    struct lab_link *host = router == NULL ? NULL : open_link_in(lab, HOST_DB, error);
    bool configured = host != NULL && lab_link_up(host, "lo", error) &&
                      configure_host(router, host, edge, address, error);
    lab_link_close(host);
    lab_link_close(router);
    return configured;
}

bool lab_network_add_address_db(struct lab *lab, const char *address, struct error *error)
{
    const struct edge *edge = &edges[edge_to(HOST_DB)];
    struct lab_link *router = lab_link_open(error);
    struct lab_link *host = router == NULL ? NULL : open_link_in(lab, HOST_DB, error);
    bool added = host != NULL && lab_link_add_address(host, "eth0", address, PREFIX_LENGTH, error) &&
                 lab_link_add_neighbour(router, edge->router_device, address, edge->mac, error);
    lab_link_close(host);
    lab_link_close(router);
    return added;
}

bool lab_network_mute(struct lab *lab, enum host host, bool mute, struct error *error)
{
    const struct lab_netem netem = {.loss_ppm = mute ? 1000000 : 0, .seed = 1};
    struct lab_link *link = open_link_in(lab, host, error);
    bool set = link != NULL && lab_netem_set(link, "eth0", &netem, error);
    lab_link_close(link);
    return set;
}

bool lab_network_link_app(struct lab *lab, bool up, struct error *error)
{
    const struct edge *edge = &edges[edge_to(HOST_APP)];
    struct lab_link *router = lab_link_open(error);
    struct lab_link *host = router == NULL ? NULL : open_link_in(lab, HOST_APP, error);
    bool set = host != NULL &&
               (up ? bring_up(router, host, edge, edge->address, error) : lab_link_down(host, "eth0", error));
    lab_link_close(host);
    lab_link_close(router);
    return set;
}

// With its last address an interface loses its routes and neighbours.
bool lab_network_address_app(struct lab *lab, const char *from, const char *to, struct error *error)
{
    struct lab_link *router = lab_link_open(error);
    struct lab_link *host = router == NULL ? NULL : open_link_in(lab, HOST_APP, error);
    bool changed = host != NULL && lab_link_remove_address(host, "eth0", from, PREFIX_LENGTH, error) &&
                   configure_host(router, host, &edges[edge_to(HOST_APP)], to, error);
    lab_link_close(host);
    lab_link_close(router);
    return changed;
}

bool lab_network_resolver(const char *address, struct error *error)
{
    FILE *resolver = fopen(LAB_MOUNT_RESOLV, "we");
    bool written = resolver != NULL && (address == NULL || fprintf(resolver, "nameserver %s\n", address) > 0);
    if (resolver != NULL)
        written = fclose(resolver) == 0 && written;
    return written ? true : error_set_errno(error, ERROR_LAB, LAB_MOUNT_RESOLV);
}

bool lab_network_name_db_many(const char *const *addresses, struct error *error)
{
    FILE *hosts = fopen(LAB_MOUNT_HOSTS, "we");
    bool written = hosts != NULL && fputs("127.0.0.1 localhost\n", hosts) >= 0;
    for (; written && *addresses != NULL; addresses++)
        written = fprintf(hosts, "%s " LAB_DB_NAME "\n", *addresses) > 0;
    if (hosts != NULL)
        written = fclose(hosts) == 0 && written;
    return written ? true : error_set_errno(error, ERROR_LAB, LAB_MOUNT_HOSTS);
}

bool lab_network_name_db(const char *address, struct error *error)
{
    const char *const addresses[] = {address, NULL};
    return lab_network_name_db_many(addresses, error);
}
