// The network section: `{rtt: 10ms, jitter: 1ms, loss: "0.1%", rate: 10mbit}`.
#include "scenario/internal.h"

#include "base/duration.h"

#include <string.h>

const char *const flow_table_then_names[] = {[FLOW_TABLE_SILENCE] = "silence",
    [FLOW_TABLE_RST] = "rst",
    [FLOW_TABLE_RST_BOTH] = "rst-both",
    [FLOW_TABLE_FIN] = "fin",
    NULL};

const char *const proxy_then_names[] = {
    [PROXY_FIN] = "fin", [PROXY_RST] = "rst", [PROXY_SILENCE] = "silence", NULL};

const char *const pooler_names[] = {[POOLER_NONE] = "none",
    [POOLER_PGBOUNCER] = "pgbouncer",
    [POOLER_PGBOUNCER_TRANSACTION] = "pgbouncer-transaction",
    NULL};

bool network_has_legs(const struct network *network)
{
    return network->proxy.idle_us > 0 || network->pooler != POOLER_NONE;
}

// With a proxy the name is the proxy's, and the proxy knows the server by its address.
static bool is_about_name(const struct fault_spec *spec)
{
    return strcmp(spec->kind->name, "name") == 0 ||
           (strcmp(spec->kind->name, "failover") == 0 && strcmp(spec->argument, "name") == 0);
}

bool network_suits_fault(const struct network *network, const struct fault_spec *spec, struct error *error)
{
    const char *kind = spec->kind->name, *argument = spec->argument;
    if (spec->kind->needs_flow_table && network->flow_table.idle_us == 0)
        return error_set(
            error, ERROR_INPUT, "'%s: %s' needs a flow_table in the network section", kind, argument);
    if (!network_has_legs(network) && fault_option_word(spec, "leg", NULL) != NULL)
        return error_set(error, ERROR_INPUT,
            "'%s: %s' has a leg: that needs a proxy or a pooler in the network section", kind, argument);
    if (network_has_legs(network) && is_about_name(spec))
        return error_set(error, ERROR_INPUT,
            "'%s: %s' has no meaning with a proxy or a pooler, which knows the server by its address", kind,
            argument);
    return true;
}

static bool read_whole_seconds(struct yaml_source *source, const yaml_node_t *node, void *seconds)
{
    int64_t *us = seconds;
    if (!node_read_duration(source, node, us))
        return false;
    return (*us > 0 && *us % US_PER_S == 0) ||
           node_value_error(
               source, node, "expected whole seconds above 0: the kernel's flow table knows no less");
}

static bool read_places(struct yaml_source *source, const yaml_node_t *node, void *size)
{
    int places;
    if (!node_read_integer(source, node, 1, FLOW_TABLE_SIZE_MAX, &places))
        return false;
    *(int64_t *)size = places;
    return true;
}

static bool read_then(struct yaml_source *source, const yaml_node_t *node, void *then)
{
    size_t index;
    if (!node_read_choice(source, node, "value of then", flow_table_then_names, &index))
        return false;
    *(enum flow_table_then *)then = (enum flow_table_then)index;
    return true;
}

static bool read_flow_table(struct yaml_source *source, const yaml_node_t *node, void *flow_table)
{
    static const struct node_field fields[] = {
        {"idle", read_whole_seconds, offsetof(struct flow_table, idle_us), true},
        {"then", read_then, offsetof(struct flow_table, then), true},
        {"age", read_whole_seconds, offsetof(struct flow_table, age_us), false},
        {"size", read_places, offsetof(struct flow_table, size), false},
        {NULL, NULL, 0, false},
    };
    return node_read_mapping(source, node, fields, NULL, flow_table);
}

static bool read_proxy_then(struct yaml_source *source, const yaml_node_t *node, void *then)
{
    size_t index;
    if (!node_read_choice(source, node, "value of then", proxy_then_names, &index))
        return false;
    *(enum proxy_then *)then = (enum proxy_then)index;
    return true;
}

static bool read_proxy(struct yaml_source *source, const yaml_node_t *node, void *proxy)
{
    static const struct node_field fields[] = {
        {"idle", read_whole_seconds, offsetof(struct proxy, idle_us), true},
        {"then", read_proxy_then, offsetof(struct proxy, then), true},
        {NULL, NULL, 0, false},
    };
    return node_read_mapping(source, node, fields, NULL, proxy);
}

static bool read_pooler(struct yaml_source *source, const yaml_node_t *node, void *pooler)
{
    size_t index;
    if (!node_read_choice(source, node, "pooler", pooler_names + POOLER_PGBOUNCER, &index))
        return false;
    *(enum pooler *)pooler = (enum pooler)(index + POOLER_PGBOUNCER);
    return true;
}

static bool check_legs(struct yaml_source *source, const yaml_node_t *node, const struct network *network)
{
    if (network->proxy.idle_us > 0 && network->pooler != POOLER_NONE)
        return node_error(source, node_at(source, node, "pooler"), "expected a proxy or a pooler, not both");
    if (network_has_legs(network) && network->flow_table.idle_us > 0)
        return node_error(source, node_at(source, node, "flow_table"),
            "expected a flow_table, or a proxy or pooler: not both");
    return true;
}

bool scenario_read_network(struct yaml_source *source, const yaml_node_t *node, void *scenario)
{
    static const struct node_field fields[] = {
        {"rtt", node_read_duration, offsetof(struct network, rtt_us), true},
        {"jitter", node_read_duration, offsetof(struct network, jitter_us), false},
        {"loss", node_read_percent, offsetof(struct network, loss_ppm), false},
        {"duplicate", node_read_percent, offsetof(struct network, duplicate_ppm), false},
        {"reorder", node_read_percent, offsetof(struct network, reorder_ppm), false},
        {"corrupt", node_read_percent, offsetof(struct network, corrupt_ppm), false},
        {"rate", node_read_rate, offsetof(struct network, rate_bps), false},
        {"flow_table", read_flow_table, offsetof(struct network, flow_table), false},
        {"proxy", read_proxy, offsetof(struct network, proxy), false},
        {"pooler", read_pooler, offsetof(struct network, pooler), false},
        {NULL, NULL, 0, false},
    };
    struct network *network = &((struct scenario *)scenario)->network;
    if (!node_read_mapping(source, node, fields, NULL, network))
        return false;
    if (network->jitter_us > network->rtt_us / 2)
        return node_value_error(source, node_at(source, node, "jitter"),
            "expected at most half of rtt: it is added to the delay of one direction");
    if (network->reorder_ppm > 0 && network->rtt_us == 0)
        return node_value_error(source, node_at(source, node, "reorder"),
            "expected an rtt above 0: a packet overtakes those that are delayed");
    return check_legs(source, node, network);
}
