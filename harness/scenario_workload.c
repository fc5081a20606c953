// The workload section: `- {at: 400s, insert: 5, every: 100ms}`.
#include "scenario_sections.h"

#include <string.h>

static const char *const names[] = {[OPERATION_INSERT] = "insert"};

const char *operation_name(enum operation operation)
{
    return names[operation];
}

bool operation_by_name(const char *name, enum operation *operation)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(names[i], name) == 0) {
            *operation = (enum operation)i;
            return true;
        }
    }
    return false;
}

static bool read_count(struct yaml_source *source, const yaml_node_t *node, void *count)
{
    return node_read_integer(source, node, 1, WORKLOAD_COUNT_MAX, count);
}

static bool read_item(struct yaml_source *source, const yaml_node_t *node, const struct node_field *fields,
    struct workload_item *item)
{
    *item = (struct workload_item){.line = node_line(node), .column = node_column(node)};
    if (!node_read_mapping(source, node, fields, NULL, item))
        return false;
    if (item->count > 1 && node_at(source, node, "every") == NULL)
        return node_error(
            source, node, "missing key 'every': %d inserts need a distance in time", item->count);
    return true;
}

bool scenario_read_workload(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    static const struct node_field fields[] = {
        {"at", node_read_duration, offsetof(struct workload_item, at_us), true},
        {"insert", read_count, offsetof(struct workload_item, count), true},
        {"every", node_read_duration, offsetof(struct workload_item, every_us), false},
        {NULL, NULL, 0, false},
    };
    struct scenario *scenario = target;
    scenario->workload = node_list_new(
        source, node, sizeof(*scenario->workload), 0, &scenario->workload_count);
    if (scenario->workload == NULL)
        return false;
    for (size_t i = 0; i < scenario->workload_count; i++) {
        if (!read_item(source, node_item(source, node, i), fields, &scenario->workload[i]))
            return false;
    }
    return true;
}
