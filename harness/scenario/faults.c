// The faults section: `- {at: 60s, silence: both, for: 950s}`. One key names the fault, its value the
// argument; the other keys are its options, which differ from fault to fault.
#include "scenario/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 64

// The first look at an item: which fault it is.
struct search {
    struct fault_spec *spec;
    const yaml_node_t *stranger; // the first key that no fault knows
};

static size_t add_kind_names(const char *names[static NAMES_MAX], size_t count)
{
    for (size_t i = 0; fault_kinds[i] != NULL && count < NAMES_MAX; i++)
        names[count++] = fault_kinds[i]->name;
    return count;
}

static bool is_option_of_any(const char *name)
{
    for (size_t i = 0; fault_kinds[i] != NULL; i++)
        if (fault_option_kind_by_name(fault_kinds[i], name) != NULL)
            return true;
    return false;
}

static bool read_kind(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *target)
{
    struct search *search = target;
    struct fault_spec *spec = search->spec;
    const struct fault_kind *kind = fault_kind_by_name(node_text(source, key));
    if (kind == NULL) {
        if (search->stranger == NULL && !is_option_of_any(node_text(source, key)))
            search->stranger = key;
        return true;
    }
    if (spec->kind != NULL)
        return node_error(
            source, key, "a second fault '%s': this item is '%s' already", kind->name, spec->kind->name);
    char what[WORDS_EXCERPT_SIZE];
    size_t index;
    snprintf(what, sizeof(what), "%s argument", kind->name);
    if (!node_read_choice(source, value, what, kind->arguments, &index))
        return false;
    spec->kind = kind;
    spec->argument = kind->arguments[index];
    return true;
}

static bool skip(struct yaml_source *source, const yaml_node_t *value, void *target)
{
    (void)source, (void)value, (void)target;
    return true;
}

static bool find_fault_kind(struct yaml_source *source, const yaml_node_t *node, struct fault_spec *spec)
{
    static const struct node_field others[] = {
        {"at", skip, 0, true}, {"for", skip, 0, false}, {"hits", skip, 0, false}, {NULL, NULL, 0, false}};
    struct search search = {.spec = spec};
    const char *names[NAMES_MAX] = {"at", "for", "hits"};
    char text[WORDS_TEXT_SIZE];
    if (!node_read_mapping(source, node, others, read_kind, &search))
        return false;
    if (spec->kind != NULL)
        return true;
    if (search.stranger != NULL)
        return node_unknown(source, search.stranger, "key or fault", names, add_kind_names(names, 3));
    return node_error(
        source, node, "no fault: expected %s", words_list(names + 3, add_kind_names(names, 3) - 3, text));
}

static bool read_for(struct yaml_source *source, const yaml_node_t *node, void *for_us)
{
    if (!node_read_duration(source, node, for_us))
        return false;
    return *(int64_t *)for_us > 0 || node_value_error(source, node, "expected a duration above 0");
}

static bool read_hits(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    struct fault_spec *spec = target;
    const char *why, *text = node_text(source, node);
    spec->claims_hits = true;
    return text != NULL &&
           (range_parse(text, RANGE_COUNT, &spec->hits, &why) || node_value_error(source, node, why));
}

// The second look: everything but the fault itself.
static bool read_option(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *target)
{
    struct fault_spec *spec = target;
    if (strcmp(node_text(source, key), spec->kind->name) == 0)
        return true;
    return scenario_read_fault_option(source, key, value, spec);
}

bool scenario_read_fault(struct yaml_source *source, const yaml_node_t *node, struct fault_spec *spec)
{
    static const struct node_field fields[] = {
        {"at", node_read_duration, offsetof(struct fault_spec, at_us), true},
        {"for", read_for, offsetof(struct fault_spec, for_us), false},
        {"hits", read_hits, 0, false},
        {NULL, NULL, 0, false},
    };
    spec->for_us = FAULT_FOREVER;
    spec->line = node_line(node);
    spec->column = node_column(node);
    if (!find_fault_kind(source, node, spec))
        return false;
    const yaml_node_t *for_node = node_at(source, node, "for");
    if (for_node != NULL && !spec->kind->takes_for)
        return node_error(source, for_node, "'%s' happens at once and takes no 'for'", spec->kind->name);
    if (!node_read_mapping(source, node, fields, read_option, spec))
        return false;
    if (spec->kind->validate == NULL || spec->kind->validate(spec, source->error))
        return true;
    return node_error_context(source, node_at(source, node, spec->kind->name));
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
        if (!scenario_read_fault(source, node_item(source, node, i), &scenario->faults[i]))
            return false;
    }
    qsort(scenario->faults, scenario->faults_count, sizeof(*scenario->faults), compare_faults);
    for (size_t i = 0; i < scenario->faults_count; i++)
        scenario->faults[i].index = i;
    return true;
}
