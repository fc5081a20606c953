// What the sections of a manifest are read with.
#include "base/array.h"
#include "subject/notes.h"

#include <stdlib.h>
#include <string.h>

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

static bool refuse_unknown_metric(struct yaml_source *source, const yaml_node_t *node)
{
    const char *names[METRIC_KINDS];
    for (int i = 0; i < METRIC_KINDS; i++)
        names[i] = metric_name((enum metric)i);
    return node_unknown(source, node, "metric", names, METRIC_KINDS);
}

bool subject_read_condition(struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value,
    struct subject_condition **conditions, size_t *count)
{
    struct subject_condition condition = {.line = node_line(key)};
    const char *why, *text = node_text(source, value);
    if (!metric_by_name(node_text(source, key), &condition.metric))
        return refuse_unknown_metric(source, key);
    if (text == NULL)
        return false;
    if (!metric_range_parse(condition.metric, text, &condition.range, &why))
        return node_value_error(source, value, why);
    struct subject_condition *grown = array_grow(*conditions, *count, sizeof(*grown));
    if (grown == NULL)
        return error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
    *conditions = grown;
    grown[(*count)++] = condition;
    return true;
}

bool subject_check_strategy(
    struct yaml_source *source, const struct subject *subject, const char *strategy, int line)
{
    return subject_strategy_by_name(subject, strategy) != NULL ||
           error_set(source->error, ERROR_INPUT, "%s:%d: '%s': expected one of this manifest's strategies",
               source->path, line, strategy);
}

bool subject_takes(const struct subject *subject, const char *keyword, size_t length)
{
    for (char *const *taken = subject->conninfo; *taken != NULL; taken++)
        if (strcmp(*taken, "libpq") == 0 ||
            (strlen(*taken) == length && strncmp(*taken, keyword, length) == 0))
            return true;
    return false;
}

const struct subject_strategy *subject_strategy_by_name(const struct subject *subject, const char *name)
{
    for (size_t i = 0; i < subject->strategies_count; i++) {
        if (strcmp(subject->strategies[i].name, name) == 0)
            return &subject->strategies[i];
    }
    return NULL;
}
