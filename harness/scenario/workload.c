// The workload section: `- {at: 400s, insert: 5, every: 100ms}`. One key names the operation, its value says
// how many.
#include "scenario/internal.h"

#include "base/duration.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    bool writes;
    bool spoken;       // an adapter must say that it speaks it: it came after the protocol's first words
    const char *needs; // the key that says how long or how much; NULL: none
    const char *summary;
} operations[OPERATIONS] = {
    [OPERATION_INSERT] = {"insert", true, false, NULL, "how many transactions that write one row"},
    [OPERATION_READ] = {"read", false, false, NULL, "how many transactions that count the rows"},
    [OPERATION_WAIT] = {"wait", false, false, "takes",
        "how many queries that run at the server for the time of `takes`"},
    [OPERATION_TRANSACTION] = {"transaction", true, false, "pause",
        "how many inserts with a `pause` before the COMMIT, and `then` more inserts after it"},
    [OPERATION_BULK] = {"bulk", true, false, "size", "how many inserts of `size`"},
    [OPERATION_FETCH] = {"fetch", false, false, "size", "how many results of `size`"},
    [OPERATION_CONNECT] = {"connect", false, true, NULL,
        "how many connections of their own, outside of the pool, with one query"},
    [OPERATION_LOCK] = {"lock", false, true, "pause",
        "how many transactions that lock the table against writers for a `pause`"},
    [OPERATION_NOTIFY] = {"notify", true, true, NULL, "how many inserts that notify who listens"},
    [OPERATION_LISTEN] = {"listen", false, true, "takes",
        "how many connections of their own that listen for the time of `takes`"},
};

#define KEYS 9 // that are no operation

static const char *const measures[] = {"takes", "pause", "size"};

const char *operation_name(enum operation operation)
{
    return operations[operation].name;
}

const char *operation_needs(enum operation operation)
{
    return operations[operation].needs;
}

const char *operation_summary(enum operation operation)
{
    return operations[operation].summary;
}

bool operation_writes(enum operation operation)
{
    return operations[operation].writes;
}

bool operation_can_be_once(enum operation operation)
{
    return operations[operation].writes && operation != OPERATION_NOTIFY;
}

bool scenario_has_once(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->workload_count; i++)
        if (scenario->workload[i].once)
            return true;
    return false;
}

size_t workload_item_words(const struct workload_item *item, const char *words[static WORKLOAD_WORDS])
{
    size_t count = 0;
    if (operations[item->operation].spoken)
        words[count++] = operation_name(item->operation);
    if (item->then > 0)
        words[count++] = "then";
    if (item->within_us > 0)
        words[count++] = "within";
    if (item->once)
        words[count++] = "once";
    return count;
}

bool operation_by_name(const char *name, enum operation *operation)
{
    for (size_t i = 0; i < OPERATIONS; i++) {
        if (strcmp(operations[i].name, name) == 0) {
            *operation = (enum operation)i;
            return true;
        }
    }
    return false;
}

static bool read_operation(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *target)
{
    struct workload_item *item = target;
    enum operation operation;
    if (!operation_by_name(node_text(source, key), &operation)) {
        const char *names[KEYS + OPERATIONS] = {
            "at", "every", "takes", "pause", "size", "then", "within", "retries", "once"};
        for (size_t i = 0; i < OPERATIONS; i++)
            names[KEYS + i] = operations[i].name;
        return node_unknown(source, key, "key or operation", names, KEYS + OPERATIONS);
    }
    if (item->count != 0)
        return node_error(source, key, "a second operation '%s': this item is '%s' already",
            operation_name(operation), operation_name(item->operation));
    item->operation = operation;
    return node_read_integer(source, value, 1, WORKLOAD_COUNT_MAX, &item->count);
}

static bool read_size(struct yaml_source *source, const yaml_node_t *node, void *size_bytes)
{
    if (!node_read_size(source, node, size_bytes))
        return false;
    int64_t bytes = *(int64_t *)size_bytes;
    return (bytes > 0 && bytes <= WORKLOAD_BYTES_MAX) ||
           node_value_error(source, node, "expected a size from 1b to 64mb");
}

static bool read_statements(struct yaml_source *source, const yaml_node_t *node, void *then)
{
    return node_read_integer(source, node, 1, WORKLOAD_THEN_MAX, then);
}

static bool read_retries(struct yaml_source *source, const yaml_node_t *node, void *retries)
{
    return node_read_integer(source, node, 1, WORKLOAD_RETRIES_MAX, retries);
}

// The protocol has milliseconds.
static bool read_within(struct yaml_source *source, const yaml_node_t *node, void *within_us)
{
    int64_t *us = within_us;
    if (!node_read_duration(source, node, us))
        return false;
    return (*us >= US_PER_MS && *us % US_PER_MS == 0) ||
           node_value_error(source, node, "expected whole milliseconds above 0");
}

static bool check_extras(
    struct yaml_source *source, const yaml_node_t *node, const struct workload_item *item)
{
    if (item->then > 0 && item->operation != OPERATION_TRANSACTION)
        return node_error(
            source, node_at(source, node, "then"), "'%s' takes no 'then'", operation_name(item->operation));
    if (item->once && !operation_can_be_once(item->operation))
        return node_error(source, node_at(source, node, "once"),
            "'%s' takes no 'once': expected insert, transaction or bulk", operation_name(item->operation));
    if (item->within_us > 0 && item->operation == OPERATION_LISTEN)
        return node_error(source, node_at(source, node, "within"),
            "'listen' takes no 'within': it ends by itself, after 'takes'");
    return true;
}

static bool check_measures(
    struct yaml_source *source, const yaml_node_t *node, const struct workload_item *item)
{
    const char *name = operations[item->operation].name, *needs = operations[item->operation].needs;
    for (size_t i = 0; i < sizeof(measures) / sizeof(*measures); i++) {
        const yaml_node_t *measure = node_at(source, node, measures[i]);
        bool needed = needs != NULL && strcmp(needs, measures[i]) == 0;
        if (needed && measure == NULL)
            return node_error(source, node, "missing key '%s': '%s' needs it", needs, name);
        if (!needed && measure != NULL)
            return node_error(source, measure, "'%s' takes no '%s'", name, measures[i]);
    }
    return true;
}

static bool read_workload_item(struct yaml_source *source, const yaml_node_t *node,
    const struct node_field *fields, struct workload_item *item)
{
    *item = (struct workload_item){.line = node_line(node), .column = node_column(node)};
    if (!node_read_mapping(source, node, fields, read_operation, item))
        return false;
    if (item->count == 0) {
        const char *names[OPERATIONS];
        char text[WORDS_TEXT_SIZE];
        for (size_t i = 0; i < OPERATIONS; i++)
            names[i] = operations[i].name;
        return node_error(source, node, "no operation: expected %s", words_list(names, OPERATIONS, text));
    }
    if (item->count > 1 && node_at(source, node, "every") == NULL)
        return node_error(source, node, "missing key 'every': %d of '%s' need a distance in time",
            item->count, operation_name(item->operation));
    return check_measures(source, node, item) && check_extras(source, node, item);
}

bool scenario_read_workload(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    static const struct node_field fields[] = {
        {"at", node_read_duration, offsetof(struct workload_item, at_us), true},
        {"every", node_read_duration, offsetof(struct workload_item, every_us), false},
        {"takes", node_read_duration, offsetof(struct workload_item, takes_us), false},
        {"pause", node_read_duration, offsetof(struct workload_item, pause_us), false},
        {"size", read_size, offsetof(struct workload_item, size_bytes), false},
        {"then", read_statements, offsetof(struct workload_item, then), false},
        {"within", read_within, offsetof(struct workload_item, within_us), false},
        {"retries", read_retries, offsetof(struct workload_item, retries), false},
        {"once", node_read_boolean, offsetof(struct workload_item, once), false},
        {NULL, NULL, 0, false},
    };
    struct scenario *scenario = target;
    scenario->workload = node_list_new(
        source, node, sizeof(*scenario->workload), 0, &scenario->workload_count);
    if (scenario->workload == NULL)
        return false;
    for (size_t i = 0; i < scenario->workload_count; i++) {
        if (!read_workload_item(source, node_item(source, node, i), fields, &scenario->workload[i]))
            return false;
    }
    return true;
}
