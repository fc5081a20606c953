// Puts the words of a request together as an item of a scenario's faults, and has that read.
#include "scenario/fault_request.h"

#include "base/duration.h"
#include "scenario/internal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE "fault"

static const char *choose_argument(const struct fault_kind *kind)
{
    for (const char *const *argument = kind->arguments; *argument != NULL; argument++)
        if (strcmp(*argument, "both") == 0)
            return *argument;
    return kind->arguments[1] == NULL ? kind->arguments[0] : NULL;
}

// Single quotes: nothing in it means anything to YAML but the quote itself.
static void put_quoted(FILE *yaml, const char *text)
{
    fputc('\'', yaml);
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputc('\'', yaml);
        fputc(*text, yaml);
    }
    fputc('\'', yaml);
}

static bool put_pair(FILE *yaml, const char *key, const json_t *value, struct error *error)
{
    if (!json_is_string(value))
        return error_set(error, ERROR_INPUT, "%.40s: expected a text", key);
    if (strcmp(key, "at") == 0)
        return error_set(error, ERROR_INPUT, "at: a fault that is asked for happens at once");
    if (strcmp(key, "hits") == 0)
        return error_set(error, ERROR_INPUT, "hits: only a scenario claims what a fault meets");
    fputs(", ", yaml);
    put_quoted(yaml, key);
    fputs(": ", yaml);
    put_quoted(yaml, json_string_value(value));
    return true;
}

static bool put_item(FILE *yaml, const json_t *request, struct error *error)
{
    const char *kind_name = json_string_value(json_object_get(request, "kind")), *key;
    const json_t *argument = json_object_get(request, "argument");
    const struct fault_kind *kind = kind_name != NULL ? fault_kind_by_name(kind_name) : NULL;
    json_t *value, *chosen;
    if (kind_name == NULL)
        return error_set(error, ERROR_INPUT, "kind: expected a text");
    fputs("{at: 0s", yaml);
    if (kind != NULL && !json_is_string(argument) && choose_argument(kind) == NULL)
        return error_set(
            error, ERROR_INPUT, "%s: which? `hangup list faults` lists what it can be", kind_name);
    // Of an unknown kind the reader says so, whatever its argument.
    chosen = json_is_string(argument) ? json_incref((json_t *)argument)
                                      : json_string(kind != NULL ? choose_argument(kind) : "both");
    bool good = put_pair(yaml, kind_name, chosen, error);
    json_decref(chosen);
    json_object_foreach(json_object_get(request, "options"), key, value)
    {
        good = good && put_pair(yaml, key, value, error);
    }
    fputc('}', yaml);
    return good;
}

// "fault:1:10: unknown ..." says nothing to who wrote no file.
static void forget_place(struct error *error)
{
    if (strncmp(error->text, SOURCE ":", strlen(SOURCE ":")) != 0)
        return;
    const char *rest = error->text + strlen(SOURCE ":");
    while (isdigit((unsigned char)*rest) || *rest == ':')
        rest++;
    rest += *rest == ' ';
    memmove(error->text, rest, strlen(rest) + 1);
}

static bool read_request_item(const char *yaml, size_t length, struct fault_spec *spec, struct error *error)
{
    struct yaml_source source;
    if (!yaml_source_open(&source, SOURCE, yaml, length, error))
        return false;
    bool read = scenario_read_fault(&source, source.root, spec);
    yaml_source_close(&source);
    return read;
}

bool fault_request_read(const json_t *request, struct fault_spec *spec, struct error *error)
{
    char *text = NULL;
    size_t length;
    *spec = (struct fault_spec){0};
    FILE *yaml = open_memstream(&text, &length);
    if (yaml == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    bool good = put_item(yaml, request, error);
    good = fclose(yaml) == 0 && good && read_request_item(text, length, spec, error);
    free(text);
    if (good)
        return true;
    forget_place(error);
    fault_request_free(spec);
    return false;
}

void fault_request_free(struct fault_spec *spec)
{
    free(spec->options);
    spec->options = NULL;
    spec->options_count = 0;
}

char *fault_request_describe(const struct fault_spec *spec)
{
    char *text, duration[DURATION_TEXT_SIZE];
    bool limited = spec->for_us != FAULT_FOREVER;
    int length = asprintf(&text, "%s %s%s%s", spec->kind->name, spec->argument, limited ? " for " : "",
        limited ? duration_format(spec->for_us, duration) : "");
    return length < 0 ? NULL : text;
}
