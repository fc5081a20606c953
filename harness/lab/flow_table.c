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
#define SYSCTL "/proc/sys/net/netfilter/nf_conntrack_"

#define LOOK_EVERY_US (1 * US_PER_S)

struct lab_flow_table {
    struct nfct_handle *conntrack; // a way to ask the kernel
    struct nf_conntrack *asked;    // room for what is asked
    // Only with `then: rst-both`: the connections, by their index in lab->flows, that it knew when we last
    // looked.
    bool *known;
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
    bool *grown = reallocarray(table->known, count + 1, sizeof(*grown));
    if (grown == NULL)
        return false;
    memset(grown + table->room, 0, (count - table->room) * sizeof(*grown));
    table->known = grown;
    table->room = count;
    return true;
}

static bool reset_both(struct lab *lab, const struct trace_flow *flow, struct error *error)
{
    lab_event(lab, "flow-forgotten", json_pack("{s:i}", "port", flow->client_port));
    lab->flow_table->reset++;
    uint32_t seq;
    return lab_forged_send(lab, flow, true, TH_RST | TH_ACK, &seq, error) &&
           lab_forged_send(lab, flow, false, TH_RST | TH_ACK, &seq, error);
}

static bool look_at_flow_table(struct lab *lab, struct error *error)
{
    struct lab_flow_table *table = lab->flow_table;
    if (!make_room_for_flow(table, trace_flows_count(lab->flows)))
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; i < table->room; i++) {
        const struct trace_flow *flow = trace_flows_at(lab->flows, i);
        bool known = is_known(table, flow), forgotten = table->known[i] && !known && !flow->closed;
        table->known[i] = known;
        if (forgotten && !reset_both(lab, flow, error))
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

bool lab_flow_table_open(struct lab *lab, struct error *error)
{
    // reject answers the packet: its sender is reset. Of `rst-both` what comes after the reset is no longer
    // anybody's, and is dropped.
    static const char *const verdicts[] = {[FLOW_TABLE_SILENCE] = "drop",
        [FLOW_TABLE_RST] = "reject with tcp reset",
        [FLOW_TABLE_RST_BOTH] = "drop"};
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
    if (!configure(wanted->idle_us, error) || !add_rules(lab, verdicts[wanted->then], error))
        return error_context(error, "the flow table");
    lab->flow_table->alarm = (struct lab_alarm){.ring = look_at_flow_table_again, .context = lab->flow_table};
    if (wanted->then == FLOW_TABLE_RST_BOTH)
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
    if (lab->cell->scenario->network.flow_table.then == FLOW_TABLE_RST_BOTH)
        noted = lab->flow_table->reset;
    else if (!lab_filter_count_noted(lab->filter, TABLE, &noted, error))
        return false;
    lab_event(lab, "flow-table", json_pack("{s:I}", "forgotten", (json_int_t)noted));
    return true;
}
