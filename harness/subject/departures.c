// Departures of a manifest: where its strategies do otherwise than the scenarios expect of their class.
#include "base/array.h"
#include "subject/notes.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// One text, or a list of them.
static bool read_departure_text(
    struct yaml_source *source, const yaml_node_t *node, struct departed_texts *departed)
{
    departed->line = node_line(node);
    if (node->type == YAML_SEQUENCE_NODE)
        return subject_read_texts(source, node, &departed->texts);
    departed->texts = calloc(2, sizeof(char *));
    return departed->texts != NULL ? node_read_text(source, node, &departed->texts[0])
                                   : error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
}

static bool read_departure_condition(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *target)
{
    struct departed_scenario *scenario = target;
    enum expectation_kind word;
    if (expectation_by_word(node_text(source, key), &word))
        return read_departure_text(source, value, &scenario->words[word]);
    return subject_read_condition(
        source, key, value, true, &scenario->conditions, &scenario->conditions_count);
}

static bool read_scenario(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *target)
{
    static const struct node_field none[] = {{NULL, NULL, 0, false}};
    struct subject_departure *departure = target;
    struct departed_scenario *grown = array_grow(
        departure->scenarios, departure->scenarios_count, sizeof(*grown));
    if (grown == NULL)
        return error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
    departure->scenarios = grown;
    struct departed_scenario *scenario = &grown[departure->scenarios_count++];
    *scenario = (struct departed_scenario){.line = node_line(key)};
    return node_read_text(source, key, &scenario->name) &&
           node_read_mapping(source, value, none, read_departure_condition, scenario);
}

static bool read_departure_expect(struct yaml_source *source, const yaml_node_t *node, void *departure)
{
    static const struct node_field none[] = {{NULL, NULL, 0, false}};
    return node_read_mapping(source, node, none, read_scenario, departure);
}

static bool read_departure_strategies(struct yaml_source *source, const yaml_node_t *node, void *departure)
{
    return subject_read_texts(source, node, &((struct subject_departure *)departure)->strategies);
}

bool subject_read_departures(struct yaml_source *source, const yaml_node_t *node, struct subject *subject)
{
    static const struct node_field fields[] = {
        {"because", node_read_text, offsetof(struct subject_departure, because), true},
        {"strategies", read_departure_strategies, 0, false},
        {"expect", read_departure_expect, 0, true},
        {NULL, NULL, 0, false},
    };
    subject->departures = node_list_new(
        source, node, sizeof(struct subject_departure), 0, &subject->departures_count);
    for (size_t i = 0; subject->departures != NULL && i < subject->departures_count; i++) {
        const yaml_node_t *item = node_item(source, node, i);
        subject->departures[i].line = node_line(item);
        if (!node_read_mapping(source, item, fields, NULL, &subject->departures[i]))
            return false;
    }
    return subject->departures != NULL;
}

bool subject_departure_is_of(const struct subject_departure *departure, const char *strategy)
{
    for (char **own = departure->strategies; own != NULL && *own != NULL; own++) {
        if (strcmp(*own, strategy) == 0)
            return true;
    }
    return departure->strategies == NULL;
}

// Which strategy both departures are of. NULL: none.
static const char *common_strategy(
    const struct subject *subject, const struct subject_departure *a, const struct subject_departure *b)
{
    for (size_t i = 0; i < subject->strategies_count; i++) {
        const char *name = subject->strategies[i].name;
        if (subject_departure_is_of(a, name) && subject_departure_is_of(b, name))
            return name;
    }
    return NULL;
}

static const struct departed_scenario *same_scenario(
    const struct subject_departure *departure, const struct departed_scenario *wanted)
{
    for (size_t i = 0; i < departure->scenarios_count; i++)
        if (strcmp(departure->scenarios[i].name, wanted->name) == 0)
            return &departure->scenarios[i];
    return NULL;
}

static bool said_already(struct yaml_source *source, const char *what, const char *strategy,
    const struct departed_scenario *later, int line, int earlier_line)
{
    return error_set(source->error, ERROR_INPUT,
        "%s:%d: %s of %s in %s: line %d says already what is expected", source->path, line, what, strategy,
        later->name, earlier_line);
}

static bool check_departure_scenario(struct yaml_source *source, const char *strategy,
    const struct departed_scenario *earlier, const struct departed_scenario *later)
{
    for (int i = 0; i < EXPECTATION_KINDS; i++)
        if (earlier->words[i].texts != NULL && later->words[i].texts != NULL)
            return said_already(source, expectation_word((enum expectation_kind)i), strategy, later,
                later->words[i].line, earlier->words[i].line);
    for (size_t i = 0; i < later->conditions_count; i++) {
        const struct subject_condition *condition = &later->conditions[i];
        for (size_t j = 0; j < earlier->conditions_count; j++)
            if (earlier->conditions[j].metric == condition->metric)
                return said_already(source, metric_name(condition->metric), strategy, later, condition->line,
                    earlier->conditions[j].line);
    }
    return true;
}

// Two that speak of the same would hide each other. Within one, the reader has seen to it.
static bool check_pair(struct yaml_source *source, const struct subject *subject,
    const struct subject_departure *earlier, const struct subject_departure *later)
{
    const char *strategy = common_strategy(subject, earlier, later);
    for (size_t i = 0; strategy != NULL && i < later->scenarios_count; i++) {
        const struct departed_scenario *same = same_scenario(earlier, &later->scenarios[i]);
        if (same != NULL && !check_departure_scenario(source, strategy, same, &later->scenarios[i]))
            return false;
    }
    return true;
}

bool subject_check_departures(struct yaml_source *source, const struct subject *subject)
{
    for (size_t i = 0; i < subject->departures_count; i++) {
        const struct subject_departure *departure = &subject->departures[i];
        for (char **strategy = departure->strategies; strategy != NULL && *strategy != NULL; strategy++)
            if (!subject_check_strategy(source, subject, *strategy, departure->line))
                return false;
        for (size_t j = 0; j < i; j++)
            if (!check_pair(source, subject, &subject->departures[j], departure))
                return false;
    }
    return true;
}

void subject_departures_free(struct subject *subject)
{
    for (size_t i = 0; i < subject->departures_count; i++) {
        struct subject_departure *departure = &subject->departures[i];
        for (size_t j = 0; j < departure->scenarios_count; j++) {
            free(departure->scenarios[j].name);
            free(departure->scenarios[j].conditions);
            for (size_t k = 0; k < EXPECTATION_KINDS; k++)
                subject_texts_free(departure->scenarios[j].words[k].texts);
        }
        free(departure->because);
        free(departure->scenarios);
        subject_texts_free(departure->strategies);
    }
    free(subject->departures);
}
