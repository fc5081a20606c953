// Lists the TCP sockets of a network namespace, and destroys them one by one.
#include "lab/sock_diag.h"

#include "base/array.h"
#include "contract/addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

struct listing {
    struct inet_diag_sockid *sockets;
    size_t count;
    uint16_t port;
    bool whole;
};

static int on_socket(struct nl_msg *message, void *context)
{
    struct listing *listing = context;
    const struct inet_diag_msg *found = nlmsg_data(nlmsg_hdr(message));
    if (listing->port != 0 && ntohs(found->id.idiag_dport) != listing->port)
        return NL_OK;
    struct inet_diag_sockid *grown = array_grow(listing->sockets, listing->count, sizeof(*grown));
    if (grown == NULL) {
        listing->whole = false;
        return NL_STOP;
    }
    listing->sockets = grown;
    grown[listing->count++] = found->id;
    return NL_OK;
}

static bool list_sockets(
    struct nl_sock *netlink, uint32_t states, struct listing *listing, struct error *error)
{
    struct inet_diag_req_v2 request = {
        .sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = states};
    nl_socket_modify_cb(netlink, NL_CB_VALID, NL_CB_CUSTOM, on_socket, listing);
    int status = nl_send_simple(netlink, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &request, sizeof(request));
    if (status >= 0)
        status = nl_recvmsgs_default(netlink);
    if (status >= 0 && listing->whole)
        return true;
    return error_set(error, ERROR_LAB, "cannot list sockets: %s", nl_geterror(status));
}

static bool destroy(
    struct nl_sock *netlink, const struct listing *listing, int64_t *destroyed, struct error *error)
{
    for (size_t i = 0; i < listing->count; i++) {
        struct inet_diag_req_v2 request = {.sdiag_family = AF_INET,
            .sdiag_protocol = IPPROTO_TCP,
            .idiag_states = ~0U,
            .id = listing->sockets[i]};
        int status = nl_send_simple(netlink, SOCK_DESTROY, NLM_F_ACK, &request, sizeof(request));
        if (status >= 0)
            status = nl_wait_for_ack(netlink);
        if (status == 0)
            ++*destroyed;
        else if (status != -NLE_OBJ_NOTFOUND) // gone by itself
            return error_set(error, ERROR_LAB, "cannot destroy a socket: %s", nl_geterror(status));
    }
    return true;
}

// A netlink socket belongs to the namespace in which it was opened.
static struct nl_sock *open_diag_in(const struct lab *lab, enum host host, struct error *error)
{
    struct nl_sock *netlink = nl_socket_alloc();
    bool opened = netlink != NULL && setns(lab->namespace_fd[host], CLONE_NEWNET) == 0;
    if (opened) {
        opened = nl_connect(netlink, NETLINK_SOCK_DIAG) == 0;
        opened = setns(lab->namespace_fd[HOST_WAN], CLONE_NEWNET) == 0 && opened;
    }
    if (opened)
        return netlink;
    error_set(error, ERROR_LAB, "cannot ask a host for its sockets");
    nl_socket_free(netlink);
    return NULL;
}

bool lab_sockets_destroy(
    struct lab *lab, enum host host, uint32_t states, uint16_t port, int64_t *destroyed, struct error *error)
{
    struct listing listing = {.port = port, .whole = true};
    struct nl_sock *netlink = open_diag_in(lab, host, error);
    if (netlink == NULL)
        return false;
    bool good = list_sockets(netlink, states, &listing, error) &&
                destroy(netlink, &listing, destroyed, error);
    free(listing.sockets);
    nl_socket_free(netlink);
    return good;
}

bool lab_sockets_count(struct lab *lab, int64_t *count, struct error *error)
{
    struct listing listing = {.port = LAB_DB_PORT, .whole = true};
    struct nl_sock *netlink = open_diag_in(lab, HOST_APP, error);
    if (netlink == NULL)
        return false;
    bool good = list_sockets(netlink, LAB_SOCKETS_ESTABLISHED, &listing, error);
    *count = (int64_t)listing.count;
    free(listing.sockets);
    nl_socket_free(netlink);
    return good;
}
