// The network section: `{rtt: 10ms, jitter: 1ms, loss: "0.1%", rate: 10mbit}`.
#include "scenario_sections.h"

#include "quantity.h"

#define PPM 1000000

static bool read_percent(struct yaml_source *source, const yaml_node_t *node, void *ppm)
{
    static const struct quantity_unit units[] = {{"%", PPM / 100}, {NULL, 0}};
    static const char *const reasons[QUANTITY_RESULTS] = {
        [QUANTITY_MALFORMED] = "expected a percentage such as 0.1%",
        [QUANTITY_NEGATIVE] = "expected a percentage of 0 or more",
        [QUANTITY_NO_UNIT] = "the unit is missing: expected %",
        [QUANTITY_UNKNOWN_UNIT] = "unknown unit: expected %",
        [QUANTITY_TOO_FINE] = "expected at most four decimals",
        [QUANTITY_TOO_LARGE] = "expected at most 100%",
    };
    const char *text = node_text(source, node);
    if (text == NULL)
        return false;
    enum quantity_result result = quantity_parse(text, units, PPM, ppm);
    return result == QUANTITY_OK || node_value_error(source, node, reasons[result]);
}

static bool read_rate(struct yaml_source *source, const yaml_node_t *node, void *rate_bps)
{
    static const struct quantity_unit units[] = {
        {"bit", 1}, {"kbit", 1000}, {"mbit", 1000000}, {"gbit", 1000000000}, {NULL, 0}};
    static const char *const reasons[QUANTITY_RESULTS] = {
        [QUANTITY_MALFORMED] = "expected a rate such as 512kbit, 10mbit or 1gbit",
        [QUANTITY_NEGATIVE] = "expected a rate above 0",
        [QUANTITY_NO_UNIT] = "the unit is missing: expected bit, kbit, mbit or gbit",
        [QUANTITY_UNKNOWN_UNIT] = "unknown unit: expected bit, kbit, mbit or gbit",
        [QUANTITY_TOO_FINE] = "expected whole bits per second",
        [QUANTITY_TOO_LARGE] = "expected at most 1000gbit",
    };
    int64_t *bps = rate_bps;
    const char *text = node_text(source, node);
    if (text == NULL)
        return false;
    enum quantity_result result = quantity_parse(text, units, 1000LL * 1000000000, bps);
    if (result == QUANTITY_OK && *bps > 0)
        return true;
    return node_value_error(source, node, reasons[result == QUANTITY_OK ? QUANTITY_NEGATIVE : result]);
}

bool scenario_read_network(struct yaml_source *source, const yaml_node_t *node, void *scenario)
{
    static const struct node_field fields[] = {
        {"rtt", node_read_duration, offsetof(struct network, rtt_us), true},
        {"jitter", node_read_duration, offsetof(struct network, jitter_us), false},
        {"loss", read_percent, offsetof(struct network, loss_ppm), false},
        {"duplicate", read_percent, offsetof(struct network, duplicate_ppm), false},
        {"reorder", read_percent, offsetof(struct network, reorder_ppm), false},
        {"corrupt", read_percent, offsetof(struct network, corrupt_ppm), false},
        {"rate", read_rate, offsetof(struct network, rate_bps), false},
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
