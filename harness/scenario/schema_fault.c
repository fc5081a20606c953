// A fault in the schema: each kind with its arguments, each option with the kinds that take it.
#include "scenario/schema_fault.h"

#include "scenario/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *schema_reference(const char *definition, const char *description)
{
    return json_pack(
        "{s:o, s:s}", "$ref", json_sprintf("#/$defs/%s", definition), "description", description);
}

json_t *schema_words(const char *const *words)
{
    json_t *array = json_array();
    for (; *words != NULL; words++)
        json_array_append_new(array, json_string(*words));
    return array;
}

// The kinds that say this of the option, from `first` on: "of the packets are lost (degrade)". Nothing where
// one before has said the same.
static void describe(FILE *text, const char *name, size_t first, const char *summary)
{
    for (size_t i = 0; i < first; i++) {
        const struct fault_option_kind *option = fault_option_kind_by_name(fault_kinds[i], name);
        if (option != NULL && strcmp(option->summary, summary) == 0)
            return;
    }
    const char *before = " (";
    fprintf(text, "%s%s", ftell(text) > 0 ? "; " : "", summary);
    for (size_t i = first; fault_kinds[i] != NULL; i++) {
        const struct fault_option_kind *option = fault_option_kind_by_name(fault_kinds[i], name);
        if (option == NULL || strcmp(option->summary, summary) != 0)
            continue;
        fprintf(text, "%s%s", before, fault_kinds[i]->name);
        before = ", ";
    }
    fputc(')', text);
}

static json_t *description_of(const char *name)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL)
        return NULL;
    for (size_t i = 0; fault_kinds[i] != NULL; i++) {
        const struct fault_option_kind *option = fault_option_kind_by_name(fault_kinds[i], name);
        if (option != NULL)
            describe(stream, name, i, option->summary);
    }
    fclose(stream);
    json_t *description = json_string(text);
    free(text);
    return description;
}

static json_t *option_schema(const struct fault_option_kind *option)
{
    static const char *const definitions[FAULT_OPTION_TYPES] = {
        [FAULT_OPTION_DURATION] = "duration",
        [FAULT_OPTION_COUNT] = "number",
        [FAULT_OPTION_PERCENT] = "percentage",
        [FAULT_OPTION_RATE] = "rate",
        [FAULT_OPTION_SIZE] = "size",
    };
    json_t *schema = option->type == FAULT_OPTION_WORD
                         ? json_pack("{s:o}", "enum", schema_words(option->words))
                         : schema_reference(definitions[option->type], "");
    json_object_set_new(schema, "description", description_of(option->name));
    return schema;
}

json_t *schema_fault(void)
{
    json_t *properties = json_object(), *choices = json_array();
    json_object_set_new(properties, "at", schema_reference("duration", "when it happens"));
    json_object_set_new(properties, "for",
        schema_reference("duration", "when it is over (all but those that happen at once)"));
    json_object_set_new(properties, "hits",
        schema_reference(
            "count", "how much it must hit; otherwise something; 0: it is meant to hit nothing"));
    for (size_t i = 0; fault_kinds[i] != NULL; i++) {
        json_object_set_new(properties, fault_kinds[i]->name,
            json_pack("{s:o, s:s}", "enum", schema_words(fault_kinds[i]->arguments), "description",
                fault_kinds[i]->summary));
        json_array_append_new(choices, json_pack("{s:[s]}", "required", fault_kinds[i]->name));
    }
    for (size_t i = 0; fault_kinds[i] != NULL; i++)
        for (const struct fault_option_kind *option = fault_kinds[i]->options; option && option->name;
            option++)
            if (json_object_get(properties, option->name) == NULL)
                json_object_set_new(properties, option->name, option_schema(option));
    return json_pack("{s:s, s:b, s:[s], s:o, s:o}", "type", "object", "additionalProperties", 0, "required",
        "at", "properties", properties, "oneOf", choices);
}
