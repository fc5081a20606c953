// Findings and differences of a manifest.
#include "subject_notes.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define PLACEHOLDER_MAX 32

bool subject_read_texts(struct yaml_source *source, const yaml_node_t *node, char ***texts)
{
    size_t count;
    *texts = node_list_new(source, node, sizeof(char *), 1, &count);
    for (size_t i = 0; *texts != NULL && i < count; i++) {
        if (!node_read_text(source, node_item(source, node, i), &(*texts)[i]))
            return false;
    }
    return *texts != NULL;
}

void subject_texts_free(char **texts)
{
    for (char **text = texts; text != NULL && *text != NULL; text++)
        free(*text);
    free(texts);
}

static bool unknown_metric(struct yaml_source *source, const yaml_node_t *node, bool or_says)
{
    const char *names[METRIC_KINDS + 1];
    for (int i = 0; i < METRIC_KINDS; i++)
        names[i] = metric_name((enum metric)i);
    names[METRIC_KINDS] = "says";
    return node_unknown(source, node, "metric", names, METRIC_KINDS + (or_says ? 1 : 0));
}

static bool is_placeholder(const char *word, size_t length)
{
    char name[PLACEHOLDER_MAX];
    enum metric metric;
    if (length >= sizeof(name))
        return false;
    memcpy(name, word, length);
    name[length] = '\0';
    return strcmp(name, "error") == 0 || metric_by_name(name, &metric);
}

static bool read_says(struct yaml_source *source, const yaml_node_t *node, void *finding)
{
    char **says = &((struct subject_finding *)finding)->says;
    if (!node_read_text(source, node, says))
        return false;
    for (const char *open = strchr(*says, '{'); open != NULL; open = strchr(open + 1, '{')) {
        const char *close = strchr(open, '}');
        if (close == NULL || !is_placeholder(open + 1, (size_t)(close - open - 1)))
            return node_value_error(source, node, "expected a metric's name or error between { and }");
    }
    return true;
}

bool subject_read_condition(struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value,
    bool or_says, struct subject_condition **conditions, size_t *count)
{
    struct subject_condition condition = {.line = node_line(key)};
    const char *why, *text = node_text(source, value);
    if (!metric_by_name(node_text(source, key), &condition.metric))
        return unknown_metric(source, key, or_says);
    if (text == NULL)
        return false;
    if (!metric_range_parse(condition.metric, text, &condition.range, &why))
        return node_value_error(source, value, why);
    struct subject_condition *grown = realloc(*conditions, (*count + 1) * sizeof(*grown));
    if (grown == NULL)
        return error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
    *conditions = grown;
    grown[(*count)++] = condition;
    return true;
}

static bool read_condition(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *target)
{
    struct subject_finding *finding = target;
    return subject_read_condition(
        source, key, value, false, &finding->conditions, &finding->conditions_count);
}

static bool read_expect(struct yaml_source *source, const yaml_node_t *node, void *finding)
{
    static const struct node_field none[] = {{NULL, NULL, 0, false}};
    return node_read_mapping(source, node, none, read_condition, finding);
}

bool subject_read_findings(struct yaml_source *source, const yaml_node_t *node, struct subject *subject)
{
    static const struct node_field fields[] = {
        {"strategy", node_read_word, offsetof(struct subject_finding, strategy), true},
        {"scenario", node_read_text, offsetof(struct subject_finding, scenario), true},
        {"says", read_says, 0, true},
        {"expect", read_expect, 0, true},
        {NULL, NULL, 0, false},
    };
    subject->findings = node_list_new(
        source, node, sizeof(struct subject_finding), 0, &subject->findings_count);
    for (size_t i = 0; subject->findings != NULL && i < subject->findings_count; i++) {
        const yaml_node_t *item = node_item(source, node, i);
        subject->findings[i].line = node_line(item);
        if (!node_read_mapping(source, item, fields, NULL, &subject->findings[i]))
            return false;
    }
    return subject->findings != NULL;
}

static bool read_scenarios(struct yaml_source *source, const yaml_node_t *node, void *texts)
{
    return subject_read_texts(source, node, texts);
}

bool subject_read_differences(struct yaml_source *source, const yaml_node_t *node, struct subject *subject)
{
    static const struct node_field fields[] = {
        {"strategy", node_read_word, offsetof(struct subject_difference, strategy), true},
        {"from", node_read_text, offsetof(struct subject_difference, from), true},
        {"scenarios", read_scenarios, offsetof(struct subject_difference, scenarios), true},
        {"because", node_read_text, offsetof(struct subject_difference, because), true},
        {NULL, NULL, 0, false},
    };
    subject->differences = node_list_new(
        source, node, sizeof(struct subject_difference), 0, &subject->differences_count);
    for (size_t i = 0; subject->differences != NULL && i < subject->differences_count; i++) {
        const yaml_node_t *item = node_item(source, node, i);
        subject->differences[i].line = node_line(item);
        if (!node_read_mapping(source, item, fields, NULL, &subject->differences[i]))
            return false;
    }
    return subject->differences != NULL;
}

bool subject_check_strategy(
    struct yaml_source *source, const struct subject *subject, const char *strategy, int line)
{
    return subject_strategy_by_name(subject, strategy) != NULL ||
           error_set(source->error, ERROR_INPUT, "%s:%d: '%s': expected one of this manifest's strategies",
               source->path, line, strategy);
}

bool subject_check_notes(struct yaml_source *source, const struct subject *subject)
{
    for (size_t i = 0; i < subject->findings_count; i++) {
        const struct subject_finding *finding = &subject->findings[i];
        if (!subject_check_strategy(source, subject, finding->strategy, finding->line))
            return false;
    }
    for (size_t i = 0; i < subject->differences_count; i++) {
        const struct subject_difference *difference = &subject->differences[i];
        if (!subject_check_strategy(source, subject, difference->strategy, difference->line))
            return false;
    }
    return subject_check_departures(source, subject);
}

void subject_notes_free(struct subject *subject)
{
    for (size_t i = 0; i < subject->findings_count; i++) {
        free(subject->findings[i].strategy);
        free(subject->findings[i].scenario);
        free(subject->findings[i].says);
        free(subject->findings[i].conditions);
    }
    for (size_t i = 0; i < subject->differences_count; i++) {
        free(subject->differences[i].strategy);
        free(subject->differences[i].from);
        subject_texts_free(subject->differences[i].scenarios);
        free(subject->differences[i].because);
    }
    free(subject->findings);
    free(subject->differences);
    subject_departures_free(subject);
}
