// Connection tracking with the time-outs of a middlebox, and rules for what it does not know.
#include "lab/flow_table.h"

#include "base/duration.h"
#include "lab/alarm.h"
#include "lab/flow.h"
#include "lab/inject.h"
#include "net/filter.h"
#include "net/sysctl.h"

#include <arpa/inet.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack_tcp.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE  "flow_table"
#define PLACES "flow_table_places"
#define SYSCTL "/proc/sys/net/netfilter/nf_conntrack_"

#define LOOK_EVERY_US (1 * US_PER_S)

struct lab_flow_table {
    struct nfct_handle *conntrack; // a way to ask the kernel
    struct nf_conntrack *asked;    // room for what is asked
    // Where somebody has to look: what it knew of each connection when we last looked, by index in
    // lab->flows.
    struct known {
        bool now;
        int64_t since_us;
    } *known;
    size_t room;
    int64_t reset;
    struct lab_alarm alarm;
};

static bool configure(int64_t idle_us, struct error *error)
{
    // `loose` would take a forgotten connection up again in the middle. Liberal: only what is forgotten is
    // refused, not what lies outside of a window. The two others would be shorter than idle for an unanswered
    // packet.
    static const char *const durations[] = {SYSCTL "tcp_timeout_established",
        SYSCTL "tcp_timeout_unacknowledged", SYSCTL "tcp_timeout_max_retrans"};
    char idle_s[24];
    snprintf(idle_s, sizeof(idle_s), "%lld", (long long)(idle_us / US_PER_S));
    for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++)
        if (!lab_sysctl_write(durations[i], idle_s, error))
            return false;
    return lab_sysctl_write(SYSCTL "tcp_loose", "0", error) &&
           lab_sysctl_write(SYSCTL "tcp_be_liberal", "1", error);
}

// Each connection is noted once, by its client's address and port.
static bool add_rules(struct lab *lab, const char *verdict, struct error *error)
{
    char rules[400];
    snprintf(rules, sizeof(rules),
        "iifname wan-app ip protocol tcp ct state invalid add @noted { ip saddr . tcp sport } counter %s\n"
        "iifname wan-db ip protocol tcp ct state invalid add @noted { ip daddr . tcp dport } counter %s\n",
        verdict, verdict);
    return lab_filter_add_noting(lab->filter, TABLE, rules, error);
}

// Whether the table knows it now: the kernel takes out what has expired before it answers.
static bool is_known(const struct lab_flow_table *table, const struct trace_flow *flow)
{
    struct nf_conntrack *asked = table->asked;
    nfct_set_attr_u8(asked, ATTR_L3PROTO, AF_INET);
    nfct_set_attr_u8(asked, ATTR_L4PROTO, IPPROTO_TCP);
    nfct_set_attr_u32(asked, ATTR_IPV4_SRC, htonl(flow->client_address));
    nfct_set_attr_u32(asked, ATTR_IPV4_DST, htonl(flow->server_address));
    nfct_set_attr_u16(asked, ATTR_PORT_SRC, htons(flow->client_port));
    nfct_set_attr_u16(asked, ATTR_PORT_DST, htons(flow->server_port));
    return nfct_query(table->conntrack, NFCT_Q_GET, asked) == 0;
}

static bool make_room_for_flow(struct lab_flow_table *table, size_t count)
{
    struct known *grown = reallocarray(table->known, count + 1, sizeof(*grown));
    if (grown == NULL)
        return false;
    memset(grown + table->room, 0, (count - table->room) * sizeof(*grown));
    table->known = grown;
    table->room = count;
    return true;
}

// Whether both ends are told as soon as a connection is forgotten.
static bool tells_both(enum flow_table_then then)
{
    return then == FLOW_TABLE_RST_BOTH || then == FLOW_TABLE_FIN;
}

static bool end_flow(struct lab *lab, const struct trace_flow *flow, struct error *error)
{
    enum flow_table_then then = lab->cell->scenario->network.flow_table.then;
    uint8_t flags = (then == FLOW_TABLE_FIN ? TH_FIN : TH_RST) | TH_ACK;
    uint32_t seq;
    lab_event(lab, "flow-forgotten", json_pack("{s:i}", "port", flow->client_port));
    if (!tells_both(then))
        return true;
    lab->flow_table->reset++;
    return lab_forged_send(lab, flow, true, flags, &seq, error) &&
           lab_forged_send(lab, flow, false, flags, &seq, error);
}

// `asked` is still what is_known() made of it. Takes a connection out that is too old.
static bool forget_old(struct lab *lab, struct known *known, bool *forgotten, struct error *error)
{
    int64_t age_us = lab->cell->scenario->network.flow_table.age_us;
    if (age_us == 0 || !known->now || lab_now_us(lab) - known->since_us < age_us)
        return true;
    if (nfct_query(lab->flow_table->conntrack, NFCT_Q_DESTROY, lab->flow_table->asked) != 0)
        return error_set_errno(error, ERROR_LAB, "the flow table cannot forget a connection");
    known->now = false;
    *forgotten = true;
    return true;
}

static bool look_at_flow_table(struct lab *lab, struct error *error)
{
    struct lab_flow_table *table = lab->flow_table;
    const struct flow_table *wanted = &lab->cell->scenario->network.flow_table;
    if (!make_room_for_flow(table, trace_flows_count(lab->flows)))
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; i < table->room; i++) {
        const struct trace_flow *flow = trace_flows_at(lab->flows, i);
        struct known *known = &table->known[i];
        bool before = known->now, forgotten;
        known->now = is_known(table, flow);
        known->since_us = known->now && !before ? lab_now_us(lab) : known->since_us;
        forgotten = before && !known->now && !flow->closed && tells_both(wanted->then);
        if (!forget_old(lab, known, &forgotten, error) || (forgotten && !end_flow(lab, flow, error)))
            return false;
    }
    return true;
}

static void look_at_flow_table_again(struct lab *lab, void *context)
{
    struct lab_flow_table *table = context;
    struct error error = {0};
    if (!look_at_flow_table(lab, &error)) {
        lab_event(lab, "failed", json_pack("{s:s}", "error", error.text));
        return;
    }
    table->alarm.at_us += LOOK_EVERY_US;
    lab_alarm_set(lab, &table->alarm);
}

// Every connection has a place from its SYN on, and keeps it until it has idled so long, closed or not: as
// the ports of a NAT gateway are kept. Where the set is full `add` does not match, and the next rule drops.
static bool add_places(struct lab *lab, const struct flow_table *wanted, struct error *error)
{
    char set[200];
    if (wanted->size == 0)
        return true;
    snprintf(set, sizeof(set),
        " set places {\n type ipv4_addr . inet_service\n size %lld\n flags dynamic,timeout\n timeout %llds\n }\n",
        (long long)wanted->size, (long long)(wanted->idle_us / US_PER_S));
    return lab_filter_add_with_set(lab->filter, PLACES, set,
        "iifname wan-app tcp flags & (syn | ack) == syn update @places { ip saddr . tcp sport } accept\n"
        "iifname wan-app tcp flags & (syn | ack) == syn counter drop\n"
        "iifname wan-app ip protocol tcp update @places { ip saddr . tcp sport }\n"
        "iifname wan-db ip protocol tcp update @places { ip daddr . tcp dport }\n",
        error);
}

bool lab_flow_table_open(struct lab *lab, struct error *error)
{
    // reject answers the packet: its sender is reset. Of `rst-both` what comes after the reset is no longer
    // anybody's, and is dropped.
    static const char *const verdicts[] = {[FLOW_TABLE_SILENCE] = "drop",
        [FLOW_TABLE_RST] = "reject with tcp reset",
        [FLOW_TABLE_RST_BOTH] = "drop",
        [FLOW_TABLE_FIN] = "reject with tcp reset"};
    const struct flow_table *wanted = &lab->cell->scenario->network.flow_table;
    if (wanted->idle_us == 0)
        return true;
    lab->flow_table = calloc(1, sizeof(*lab->flow_table));
    if (lab->flow_table == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    lab->flow_table->conntrack = nfct_open(CONNTRACK, 0);
    lab->flow_table->asked = nfct_new();
    if (lab->flow_table->conntrack == NULL || lab->flow_table->asked == NULL)
        return error_set_errno(error, ERROR_LAB, "the flow table");
    if (!configure(wanted->idle_us, error) || !add_rules(lab, verdicts[wanted->then], error) ||
        !add_places(lab, wanted, error))
        return error_context(error, "the flow table");
    lab->flow_table->alarm = (struct lab_alarm){.ring = look_at_flow_table_again, .context = lab->flow_table};
    if (tells_both(wanted->then) || wanted->age_us > 0)
        lab_alarm_set(lab, &lab->flow_table->alarm);
    return true;
}

void lab_flow_table_close(struct lab *lab)
{
    struct lab_flow_table *table = lab->flow_table;
    lab->flow_table = NULL;
    if (table == NULL)
        return;
    if (table->asked != NULL)
        nfct_destroy(table->asked);
    if (table->conntrack != NULL)
        nfct_close(table->conntrack);
    free(table->known);
    free(table);
}

static int64_t count_known(const struct lab *lab)
{
    int64_t known = 0;
    for (size_t i = 0; i < trace_flows_count(lab->flows); i++)
        known += is_known(lab->flow_table, trace_flows_at(lab->flows, i));
    return known;
}

bool lab_flow_table_flush(struct lab *lab, int64_t *forgotten, struct error *error)
{
    const uint32_t family = AF_INET;
    int64_t before = count_known(lab);
    if (nfct_query(lab->flow_table->conntrack, NFCT_Q_FLUSH, &family) != 0)
        return error_set_errno(error, ERROR_LAB, "the flow table cannot be flushed");
    *forgotten = before - count_known(lab);
    return true;
}

bool lab_flow_table_report(struct lab *lab, struct error *error)
{
    int64_t noted = 0;
    if (lab->flow_table == NULL)
        return true;
    if (tells_both(lab->cell->scenario->network.flow_table.then))
        noted = lab->flow_table->reset;
    else if (!lab_filter_count_noted(lab->filter, TABLE, &noted, error))
        return false;
    lab_event(lab, "flow-table", json_pack("{s:I}", "forgotten", (json_int_t)noted));
    return true;
}
