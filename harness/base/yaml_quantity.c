// Fractions, rates and sizes of a YAML file.
#include "base/quantity.h"
#include "base/yaml.h"

#define PPM                1000000
#define SIZE_LARGEST_BYTES 1000000000

bool node_read_percent(struct yaml_source *source, const yaml_node_t *node, void *int64_ppm)
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
    enum quantity_result result = quantity_parse(text, units, PPM, int64_ppm);
    return result == QUANTITY_OK || node_value_error(source, node, reasons[result]);
}

bool node_read_rate(struct yaml_source *source, const yaml_node_t *node, void *int64_bps)
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
    int64_t *bps = int64_bps;
    const char *text = node_text(source, node);
    if (text == NULL)
        return false;
    enum quantity_result result = quantity_parse(text, units, 1000LL * 1000000000, bps);
    if (result == QUANTITY_OK && *bps > 0)
        return true;
    return node_value_error(source, node, reasons[result == QUANTITY_OK ? QUANTITY_NEGATIVE : result]);
}

bool node_read_size(struct yaml_source *source, const yaml_node_t *node, void *int64_bytes)
{
    static const struct quantity_unit units[] = {{"b", 1}, {"kb", 1000}, {"mb", 1000000}, {NULL, 0}};
    static const char *const reasons[QUANTITY_RESULTS] = {
        [QUANTITY_MALFORMED] = "expected a size such as 1200b or 64kb",
        [QUANTITY_NEGATIVE] = "expected a size of 0 or more",
        [QUANTITY_NO_UNIT] = "the unit is missing: expected b, kb or mb",
        [QUANTITY_UNKNOWN_UNIT] = "unknown unit: expected b, kb or mb",
        [QUANTITY_TOO_FINE] = "expected whole bytes",
        [QUANTITY_TOO_LARGE] = "expected at most 1000mb",
    };
    const char *text = node_text(source, node);
    if (text == NULL)
        return false;
    enum quantity_result result = quantity_parse(text, units, SIZE_LARGEST_BYTES, int64_bytes);
    return result == QUANTITY_OK || node_value_error(source, node, reasons[result]);
}
