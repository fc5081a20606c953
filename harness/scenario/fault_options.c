// The options of a fault, in YAML and in plan.json.
#include "base/array.h"
#include "scenario/internal.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX 32

static bool read_count(struct yaml_source *source, const yaml_node_t *node, void *int64_count)
{
    int count;
    if (!node_read_integer(source, node, 0, INT_MAX, &count))
        return false;
    *(int64_t *)int64_count = count;
    return true;
}

static const struct {
    node_reader *read;
    bool zero_allowed;
    const char *json_suffix; // names in plan.json say their unit
    const char *expected;
} types[FAULT_OPTION_TYPES] = {
    [FAULT_OPTION_DURATION] = {node_read_duration, false, "_us", "expected a duration above 0"},
    [FAULT_OPTION_COUNT] = {read_count, true, "", NULL},
    [FAULT_OPTION_PERCENT] = {node_read_percent, false, "_ppm", "expected a percentage above 0"},
    [FAULT_OPTION_RATE] = {node_read_rate, false, "_bps", NULL},
    [FAULT_OPTION_SIZE] = {node_read_size, true, "_bytes", NULL},
    [FAULT_OPTION_WORD] = {NULL, true, "", NULL},
};

static struct fault_option *add_option(
    struct fault_spec *spec, const struct fault_option_kind *kind, struct error *error)
{
    size_t count = spec->options_count;
    struct fault_option *grown = array_grow(spec->options, count, sizeof(*grown));
    if (grown == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    spec->options = grown;
    spec->options_count++;
    grown[count] = (struct fault_option){.kind = kind};
    return &grown[count];
}

static bool unknown_option(struct yaml_source *source, const yaml_node_t *key, const struct fault_kind *fault)
{
    char what[WORDS_EXCERPT_SIZE];
    const char *names[OPTIONS_MAX + 3] = {"at", "hits"};
    size_t count = 2;
    if (fault->takes_for)
        names[count++] = "for";
    for (const struct fault_option_kind *kind = fault->options;
        kind != NULL && kind->name != NULL && count < OPTIONS_MAX + 3; kind++)
        names[count++] = kind->name;
    snprintf(what, sizeof(what), "%s option", fault->name);
    return node_unknown(source, key, what, names, count);
}

static bool read_word(struct yaml_source *source, const yaml_node_t *value, struct fault_option *option)
{
    char what[WORDS_EXCERPT_SIZE];
    size_t index;
    snprintf(what, sizeof(what), "value of %s", option->kind->name);
    if (!node_read_choice(source, value, what, option->kind->words, &index))
        return false;
    option->number = (int64_t)index;
    option->word = option->kind->words[index];
    return true;
}

bool scenario_read_fault_option(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, struct fault_spec *spec)
{
    const struct fault_option_kind *kind = fault_option_kind_by_name(spec->kind, node_text(source, key));
    if (kind == NULL)
        return unknown_option(source, key, spec->kind);
    struct fault_option *option = add_option(spec, kind, source->error);
    if (option == NULL)
        return false;
    if (kind->type == FAULT_OPTION_WORD)
        return read_word(source, value, option);
    if (!types[kind->type].read(source, value, &option->number))
        return false;
    return option->number > 0 || types[kind->type].zero_allowed ||
           node_value_error(source, value, types[kind->type].expected);
}

json_t *scenario_fault_options_to_json(const struct fault_spec *spec)
{
    json_t *json = json_object();
    for (size_t i = 0; i < spec->options_count; i++) {
        const struct fault_option *option = &spec->options[i];
        char name[64];
        snprintf(name, sizeof(name), "%s%s", option->kind->name, types[option->kind->type].json_suffix);
        json_object_set_new(
            json, name, option->word != NULL ? json_string(option->word) : json_integer(option->number));
    }
    return json;
}

// NULL: the kind has no option that is called so in plan.json.
static const struct fault_option_kind *find_json_name(const struct fault_kind *fault, const char *json_name)
{
    for (const struct fault_option_kind *kind = fault->options; kind != NULL && kind->name != NULL; kind++) {
        size_t length = strlen(kind->name);
        if (strncmp(json_name, kind->name, length) == 0 &&
            strcmp(json_name + length, types[kind->type].json_suffix) == 0)
            return kind;
    }
    return NULL;
}

static bool word_from_json(const json_t *value, struct fault_option *option)
{
    for (size_t i = 0; json_is_string(value) && option->kind->words[i] != NULL; i++) {
        if (strcmp(option->kind->words[i], json_string_value(value)) == 0) {
            option->number = (int64_t)i;
            option->word = option->kind->words[i];
        }
    }
    return option->word != NULL;
}

static bool number_from_json(const json_t *value, struct fault_option *option)
{
    option->number = json_integer_value(value);
    return json_is_integer(value) && option->number >= !types[option->kind->type].zero_allowed;
}

bool scenario_fault_options_from_json(const json_t *json, struct fault_spec *spec, struct error *error)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)json, name, value)
    {
        const struct fault_option_kind *kind = find_json_name(spec->kind, name);
        if (kind == NULL)
            return error_set(error, ERROR_INPUT, "faults: %s has no option '%.40s'", spec->kind->name, name);
        struct fault_option *option = add_option(spec, kind, error);
        if (option == NULL)
            return false;
        bool good = kind->type == FAULT_OPTION_WORD ? word_from_json(value, option)
                                                    : number_from_json(value, option);
        if (!good)
            return error_set(error, ERROR_INPUT, "faults: %s: not a value of '%s'", spec->kind->name, name);
    }
    return true;
}
