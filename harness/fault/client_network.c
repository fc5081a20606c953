// What happens to the network of the application's machine, while its processes live on.
#include "contract/addresses.h"
#include "fault/client.h"
#include "lab/network.h"
#include "lab/sock_diag.h"
#include "net/filter.h"

#include <stdio.h>
#include <string.h>

// link-down: the cable is pulled, the wifi is off, the tunnel is down. Its kernel has no way out: a connect
// is refused at once, and open connections try again until the link is back or their patience ends.
static bool pull_cable(struct lab *lab, struct client_fault *fault, struct error *error)
{
    return lab_sockets_count(lab, &fault->hits, error) && lab_network_link_app(lab, false, error);
}

static bool plug_in(struct lab *lab, struct client_fault *fault, struct error *error)
{
    (void)fault;
    return lab_network_link_app(lab, true, error);
}

const struct client_action client_link_down = {.name = "link-down", .apply = pull_cable, .revert = plug_in};

// address-changed: the machine has another address, as in another wifi or behind another tunnel. Connections
// that are open belong to the old one, from which nothing can be sent any more; new ones are well.
static bool take_other_address(struct lab *lab, struct client_fault *fault, struct error *error)
{
    return lab_sockets_count(lab, &fault->hits, error) &&
           lab_network_address_app(lab, LAB_APP_ADDRESS, LAB_APP_OTHER_ADDRESS, error);
}

static bool take_own_address(struct lab *lab, struct client_fault *fault, struct error *error)
{
    (void)fault;
    return lab_network_address_app(lab, LAB_APP_OTHER_ADDRESS, LAB_APP_ADDRESS, error);
}

const struct client_action client_address_changed = {
    .name = "address-changed", .apply = take_other_address, .revert = take_own_address};

// moved: the machine is behind another NAT than before, and does not know it. What it sends on an open
// connection reaches the server from another address: the server's kernel knows no such connection, and
// answers with RST. What the server sends to the old address reaches nobody. Connections that open from now
// on are noted, and are well.
#define TO_DB   "iifname wan-app ip saddr " LAB_APP_ADDRESS " "
#define TO_APP  "oifname wan-app ip daddr "
#define OPENING "tcp flags & (syn | ack) == syn "

static const char moved_rules[] =                                //
    TO_DB OPENING "add @noted { ip saddr . tcp sport } accept\n" //
    TO_DB "ip saddr . tcp sport @noted accept\n"                 //
    TO_DB "counter ip saddr set " LAB_NAT_ADDRESS "\n"           //
    TO_APP LAB_APP_ADDRESS " ip daddr . tcp dport @noted accept\n" TO_APP LAB_APP_ADDRESS " counter drop\n";

static bool move(struct lab *lab, struct client_fault *fault, struct error *error)
{
    char rules[1024];
    bool silent = strcmp(fault_option_word(fault->spec, "answer", "rst"), "silence") == 0;
    snprintf(rules, sizeof(rules), "%s%s%s", moved_rules,
        silent ? TO_APP LAB_NAT_ADDRESS " counter drop\n" : "",
        TO_APP LAB_NAT_ADDRESS " ip daddr set " LAB_APP_ADDRESS "\n");
    return lab_filter_add_noting(lab->filter, fault->table, rules, error);
}

static bool move_back(struct lab *lab, struct client_fault *fault, struct error *error)
{
    return lab_filter_remove(lab->filter, fault->table, error);
}

static bool count_moved(struct lab *lab, const struct client_fault *fault, int64_t *hits, struct error *error)
{
    return lab_filter_count(lab->filter, fault->table, hits, error);
}

const struct client_action client_moved = {
    .name = "moved", .apply = move, .revert = move_back, .count_hits = count_moved};
