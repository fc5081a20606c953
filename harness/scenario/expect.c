// The expect section: for each strategy class (or `any`) the range of each metric, and the words beside them.
#include "scenario/internal.h"

#include "base/array.h"
#include "scenario/strategy_class.h"

#include <stdlib.h>
#include <string.h>

struct reading {
    struct scenario *scenario;
    const char *strategy;
    enum expectation_kind word; // of the texts that are read
};

static struct expectation *add_expectation(
    struct yaml_source *source, const yaml_node_t *node, const struct reading *reading)
{
    struct scenario *scenario = reading->scenario;
    size_t count = scenario->expectations_count;
    struct expectation *grown = array_grow(scenario->expectations, count, sizeof(*grown));
    char *strategy = strdup(reading->strategy);
    if (grown != NULL)
        scenario->expectations = grown;
    if (grown == NULL || strategy == NULL) {
        free(strategy);
        error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
        return NULL;
    }
    grown[count] = (struct expectation){
        .strategy = strategy, .line = node_line(node), .column = node_column(node)};
    scenario->expectations_count++;
    return &grown[count];
}

static bool read_text(struct yaml_source *source, const yaml_node_t *node, const struct reading *reading)
{
    struct expectation *expectation = add_expectation(source, node, reading);
    if (expectation == NULL)
        return false;
    expectation->kind = reading->word;
    return node_read_text(source, node, &expectation->text);
}

// `says: text`, or a list of texts, each an expectation of its own.
static bool read_expected_text(
    struct yaml_source *source, const yaml_node_t *node, const struct reading *reading)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return read_text(source, node, reading);
    size_t count = node_count(node);
    if (count == 0)
        return node_error(source, node, "the list is empty");
    for (size_t i = 0; i < count; i++) {
        if (!read_text(source, node_item(source, node, i), reading))
            return false;
    }
    return true;
}

static bool refuse_unknown_expectation(struct yaml_source *source, const yaml_node_t *key)
{
    const char *names[EXPECTATION_KINDS + METRIC_KINDS];
    size_t count = expectation_words(names);
    for (int i = 0; i < METRIC_KINDS; i++)
        names[count++] = metric_name((enum metric)i);
    return node_unknown(source, key, "metric", names, count);
}

static bool read_metric(struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value,
    const struct reading *reading)
{
    enum metric metric;
    if (!metric_by_name(node_text(source, key), &metric))
        return refuse_unknown_expectation(source, key);
    struct range range;
    const char *why, *text = node_text(source, value);
    if (text == NULL)
        return false;
    if (!metric_range_parse(metric, text, &range, &why))
        return node_value_error(source, value, why);
    struct expectation *expectation = add_expectation(source, key, reading);
    if (expectation == NULL)
        return false;
    expectation->metric = metric;
    expectation->range = range;
    return true;
}

static bool read_expected(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *target)
{
    struct reading *reading = target;
    return expectation_by_word(node_text(source, key), &reading->word)
               ? read_expected_text(source, value, reading)
               : read_metric(source, key, value, reading);
}

static bool read_expectations_of(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *scenario)
{
    static const struct node_field none[] = {{NULL, NULL, 0, false}};
    struct reading reading = {.scenario = scenario, .strategy = node_text(source, key)};
    if (reading.strategy == NULL)
        return node_value_error(source, key, "expected a class of strategies");
    if (strcmp(reading.strategy, "any") != 0 && !strategy_class_is_known(reading.strategy))
        return strategy_class_unknown(source, key, true);
    return node_read_mapping(source, value, none, read_expected, &reading);
}

bool scenario_read_expect(struct yaml_source *source, const yaml_node_t *node, void *scenario)
{
    static const struct node_field none[] = {{NULL, NULL, 0, false}};
    return node_read_mapping(source, node, none, read_expectations_of, scenario);
}
