// The faults section: `- {at: 60s, silence: both, for: 950s}`. One key names the fault, its value the
// argument.
#include "scenario_sections.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 32

static size_t add_kind_names(const char *names[static NAMES_MAX], size_t count)
{
    for (size_t i = 0; fault_kinds[i] != NULL && count < NAMES_MAX; i++)
        names[count++] = fault_kinds[i]->name;
    return count;
}

static bool read_kind(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *target)
{
    struct fault_spec *spec = target;
    const struct fault_kind *kind = fault_kind_by_name(node_text(source, key));
    if (kind == NULL) {
        const char *names[NAMES_MAX] = {"at", "for", "when"};
        return node_unknown(source, key, "key or fault", names, add_kind_names(names, 3));
    }
    if (spec->kind != NULL)
        return node_error(
            source, key, "a second fault '%s': this item is '%s' already", kind->name, spec->kind->name);
    spec->kind = kind;
    return node_read_text(source, value, &spec->argument);
}

static bool read_for(struct yaml_source *source, const yaml_node_t *node, void *for_us)
{
    if (!node_read_duration(source, node, for_us))
        return false;
    return *(int64_t *)for_us > 0 || node_value_error(source, node, "expected a duration above 0");
}

// "now" is what happens anyway, so that only one form of it is kept: NULL.
static bool read_when(struct yaml_source *source, const yaml_node_t *node, void *when)
{
    static const char *const names[] = {"now", "next-packet"};
    const char *text = node_text(source, node);
    if (text == NULL)
        return false;
    if (strcmp(text, "now") == 0)
        return true;
    if (strcmp(text, "next-packet") != 0)
        return node_unknown(source, node, "moment", names, 2);
    return node_read_text(source, node, when);
}

static bool check_kind(struct yaml_source *source, const yaml_node_t *node, const struct fault_spec *spec)
{
    if (spec->kind == NULL) {
        const char *names[NAMES_MAX];
        char text[WORDS_TEXT_SIZE];
        size_t count = add_kind_names(names, 0);
        return node_error(source, node, "no fault: expected %s", words_list(names, count, text));
    }
    const yaml_node_t *for_node = node_at(source, node, "for"), *when = node_at(source, node, "when");
    if (for_node != NULL && !spec->kind->takes_for)
        return node_error(source, for_node, "'%s' happens at once and takes no 'for'", spec->kind->name);
    if (when != NULL && !spec->kind->takes_when)
        return node_error(source, when, "'%s' takes no 'when'", spec->kind->name);
    if (spec->kind->validate(spec, source->error))
        return true;
    return node_error_context(source, node_at(source, node, spec->kind->name));
}

static bool read_fault(struct yaml_source *source, const yaml_node_t *node, struct fault_spec *spec)
{
    static const struct node_field fields[] = {
        {"at", node_read_duration, offsetof(struct fault_spec, at_us), true},
        {"for", read_for, offsetof(struct fault_spec, for_us), false},
        {"when", read_when, offsetof(struct fault_spec, when), false},
        {NULL, NULL, 0, false},
    };
    spec->for_us = FAULT_FOREVER;
    spec->line = node_line(node);
    spec->column = node_column(node);
    return node_read_mapping(source, node, fields, read_kind, spec) && check_kind(source, node, spec);
}

// By time, and as written where the times are equal.
static int compare_faults(const void *left, const void *right)
{
    const struct fault_spec *a = left, *b = right;
    if (a->at_us != b->at_us)
        return a->at_us < b->at_us ? -1 : 1;
    return a->line != b->line ? a->line - b->line : a->column - b->column;
}

bool scenario_read_faults(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    struct scenario *scenario = target;
    scenario->faults = node_list_new(source, node, sizeof(*scenario->faults), 0, &scenario->faults_count);
    if (scenario->faults == NULL)
        return false;
    for (size_t i = 0; i < scenario->faults_count; i++) {
        if (!read_fault(source, node_item(source, node, i), &scenario->faults[i]))
            return false;
    }
    qsort(scenario->faults, scenario->faults_count, sizeof(*scenario->faults), compare_faults);
    return true;
}
