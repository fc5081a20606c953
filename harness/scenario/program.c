// A scenario for a program, and the words of `--fault`.
#include "scenario/program.h"

#include "base/duration.h"
#include "scenario/fault_request.h"
#include "scenario/internal.h"

#include <stdlib.h>
#include <string.h>

#define CALM_YAML "network: {rtt: 10ms}\n"
#define BLANKS    " \t"
#define EXAMPLE   "expected TIME FAULT [ARGUMENT] [for DURATION], as in '60s silence both for 30s'"

struct scenario *scenario_read_for_program(const char *path, struct error *error)
{
    size_t length;
    char *yaml = yaml_file_read(path, &length, error);
    if (yaml == NULL)
        return NULL;
    struct scenario *scenario = scenario_parse_for_program(path, yaml, length, error);
    free(yaml);
    return scenario;
}

struct scenario *scenario_calm(struct error *error)
{
    return scenario_parse_for_program(SCENARIO_CALM, CALM_YAML, strlen(CALM_YAML), error);
}

// What stands behind the kind is its argument, unless it is a word with a value.
static bool is_fault_option(const char *kind_name, const char *word)
{
    const struct fault_kind *kind = fault_kind_by_name(kind_name);
    return strcmp(word, "for") == 0 || (kind != NULL && fault_option_kind_by_name(kind, word) != NULL);
}

// `rest` is what strtok_r has not looked at yet.
static bool take_fault_options(json_t *options, char *name, char **rest, struct error *error)
{
    for (; name != NULL; name = strtok_r(NULL, BLANKS, rest)) {
        const char *value = strtok_r(NULL, BLANKS, rest);
        if (value == NULL)
            return error_set(error, ERROR_INPUT, "'%s': a value is missing, or one word is too many", name);
        if (json_object_get(options, name) != NULL)
            return error_set(error, ERROR_INPUT, "'%s' stands there twice", name);
        if (json_object_set_new(options, name, json_string(value)) != 0)
            return error_set(error, ERROR_INPUT, "not UTF-8");
    }
    return true;
}

// "silence both for 30s", as what asks for a fault from inside. `kind`: its first word.
static bool read_fault_request(char *kind, char **rest, struct fault_spec *spec, struct error *error)
{
    json_t *options = json_object(), *request = json_pack("{s:s, s:o}", "kind", kind, "options", options);
    if (request == NULL)
        return error_set(error, ERROR_INPUT, "not UTF-8");
    char *word = strtok_r(NULL, BLANKS, rest);
    if (word != NULL && !is_fault_option(kind, word)) {
        json_object_set_new(request, "argument", json_string(word));
        word = strtok_r(NULL, BLANKS, rest);
    }
    bool read = take_fault_options(options, word, rest, error) && fault_request_read(request, spec, error);
    json_decref(request);
    return read;
}

static bool read_fault_text(char *words, struct fault_spec *spec, struct error *error)
{
    char *rest = NULL;
    const char *why, *time = strtok_r(words, BLANKS, &rest);
    char *kind = time == NULL ? NULL : strtok_r(NULL, BLANKS, &rest);
    int64_t at_us;
    if (time == NULL)
        return error_set(error, ERROR_INPUT, EXAMPLE);
    if (!duration_parse(time, &at_us, &why))
        return error_set(error, ERROR_INPUT, "'%s' is no time: %s; " EXAMPLE, time, why);
    if (kind == NULL)
        return error_set(error, ERROR_INPUT, "which fault? " EXAMPLE "; `hangup list faults` lists them");
    if (!read_fault_request(kind, &rest, spec, error))
        return false;
    spec->at_us = at_us;
    return true;
}

// The spec is the scenario's from then on.
static bool insert_fault(struct scenario *scenario, const struct fault_spec *spec, struct error *error)
{
    struct fault_spec *faults = realloc(
        scenario->faults, (scenario->faults_count + 1) * sizeof(*scenario->faults));
    if (faults == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    scenario->faults = faults;
    size_t place = scenario->faults_count++;
    for (; place > 0 && faults[place - 1].at_us > spec->at_us; place--)
        faults[place] = faults[place - 1];
    faults[place] = *spec;
    for (size_t i = 0; i < scenario->faults_count; i++)
        faults[i].index = i;
    return true;
}

static bool add_fault(struct scenario *scenario, struct fault_spec *spec, struct error *error)
{
    int64_t for_us = spec->for_us == FAULT_FOREVER ? 1 : spec->for_us;
    if (!network_suits_fault(&scenario->network, spec, error))
        return false;
    if (for_us > DURATION_MAX_US - spec->at_us)
        return error_set(error, ERROR_INPUT, "it would end after 10000 hours");
    if (!insert_fault(scenario, spec, error))
        return false;
    if (scenario->run_for_us < spec->at_us + for_us)
        scenario->run_for_us = spec->at_us + for_us;
    return true;
}

bool scenario_add_fault(struct scenario *scenario, const char *text, struct error *error)
{
    struct fault_spec spec = {0};
    char *words = strdup(text);
    if (words == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    bool added = read_fault_text(words, &spec, error) && spec.kind != NULL &&
                 add_fault(scenario, &spec, error);
    free(words);
    if (added)
        return true;
    fault_request_free(&spec);
    return error_context(error, "--fault '%.80s'", text);
}
