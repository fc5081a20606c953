// Findings and differences of a manifest.
#include "subject/notes.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define PLACEHOLDER_MAX 32

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

static bool read_note_text(struct yaml_source *source, const yaml_node_t *node, void *finding)
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

static bool read_note_condition(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *target)
{
    struct subject_finding *finding = target;
    return subject_read_condition(source, key, value, &finding->conditions, &finding->conditions_count);
}

static bool read_note_expect(struct yaml_source *source, const yaml_node_t *node, void *finding)
{
    static const struct node_field none[] = {{NULL, NULL, 0, false}};
    return node_read_mapping(source, node, none, read_note_condition, finding);
}

bool subject_read_findings(struct yaml_source *source, const yaml_node_t *node, struct subject *subject)
{
    static const struct node_field fields[] = {
        {"strategy", node_read_word, offsetof(struct subject_finding, strategy), true},
        {"scenario", node_read_text, offsetof(struct subject_finding, scenario), true},
        {"says", read_note_text, 0, true},
        {"expect", read_note_expect, 0, true},
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
    return true;
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
}
