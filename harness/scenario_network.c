// The network section: `{rtt: 10ms, jitter: 1ms, loss: "0.1%", rate: 10mbit}`.
#include "scenario_sections.h"

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
    return true;
}
