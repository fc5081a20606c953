// Reads a scenario: the top of the file, its name, and what holds it together.
#include "scenario/internal.h"

#include "base/duration.h"

#include <stdlib.h>
#include <string.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./"
#define SUFFIX          ".yaml"
#define RTT_US          (10 * US_PER_MS) // of a file for a program that says nothing of the network

static bool read_links(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    struct scenario *scenario = target;
    scenario->reproduces = node_list_new(source, node, sizeof(char *), 0, &scenario->reproduces_count);
    if (scenario->reproduces == NULL)
        return false;
    for (size_t i = 0; i < scenario->reproduces_count; i++) {
        const yaml_node_t *item = node_item(source, node, i);
        if (!node_read_text(source, item, &scenario->reproduces[i]))
            return false;
        if (strncmp(scenario->reproduces[i], "https://", 8) != 0)
            return node_value_error(source, item, "expected a link that starts with https://");
    }
    return true;
}

static bool read_run_for(struct yaml_source *source, const yaml_node_t *node, void *run_for_us)
{
    if (!node_read_duration(source, node, run_for_us))
        return false;
    return *(int64_t *)run_for_us > 0 || node_value_error(source, node, "expected a duration above 0");
}

// Part of a path: a whole folder, not the end of another's name.
static const char *after_last_folder(const char *path, const char *folder)
{
    const char *found = NULL;
    for (const char *at = path; (at = strstr(at, folder)) != NULL; at++) {
        if (at == path || at[-1] == '/')
            found = at + strlen(folder);
    }
    return found;
}

static bool read_must_fail(struct yaml_source *source, const yaml_node_t *node, void *must_fail)
{
    if (after_last_folder(source->path, "selftest/") == NULL)
        return node_error(
            source, node, "must_fail is for negative controls: expected a file below selftest/");
    return node_read_boolean(source, node, must_fail);
}

static bool read_best(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    struct scenario *scenario = target;
    size_t index;
    if (!node_read_choice(source, node, "impact", impact_names, &index))
        return false;
    scenario->best = (enum impact)index;
    return true;
}

// `whole`: it is a claim about pools; else it is what happens around a program.
static bool read_top(struct yaml_source *source, bool whole, struct scenario *scenario)
{
    const struct node_field fields[] = {
        {"claim", node_read_text, offsetof(struct scenario, claim), whole},
        {"reproduces", read_links, 0, false},
        {"network", scenario_read_network, 0, whole},
        {"pool", scenario_read_pool, 0, false},
        {"workload", scenario_read_workload, 0, whole},
        {"faults", scenario_read_faults, 0, false},
        {"run_for", read_run_for, offsetof(struct scenario, run_for_us), whole},
        {"expect", scenario_read_expect, 0, whole},
        {"best", read_best, 0, false},
        {"must_fail", read_must_fail, offsetof(struct scenario, must_fail), false},
        {NULL, NULL, 0, false},
    };
    return node_read_mapping(source, source->root, fields, NULL, scenario);
}

// "/somewhere/scenarios/idle/hung-up.yaml" is "idle/hung-up"; outside of scenarios/ it is "hung-up".
static char *name_of_path(const char *path, struct error *error)
{
    const char *start = after_last_folder(path, "scenarios/"), *slash = strrchr(path, '/');
    if (start == NULL)
        start = slash != NULL ? slash + 1 : path;
    size_t length = strlen(start), suffix = strlen(SUFFIX);
    if (length > suffix && strcmp(start + length - suffix, SUFFIX) == 0)
        length -= suffix;
    char *name = strndup(start, length);
    if (name == NULL) {
        error_set(error, ERROR_LAB, "%s: out of memory", path);
    } else if (!words_consist_of(name, NAME_CHARACTERS)) {
        error_set(error, ERROR_INPUT,
            "%s: a scenario's file name consists of letters, digits, '-', '_' and '.'", path);
        free(name);
        name = NULL;
    }
    return name;
}

static struct scenario *scenario_new(const char *path, struct error *error)
{
    struct scenario *scenario = calloc(1, sizeof(*scenario));
    if (scenario == NULL) {
        error_set(error, ERROR_LAB, "%s: out of memory", path);
        return NULL;
    }
    scenario->pool = (struct pool_settings){.size = 2, .workers = 1};
    scenario->network.rtt_us = RTT_US;
    scenario->path = strdup(path);
    scenario->name = name_of_path(path, error);
    if (scenario->path == NULL)
        error_set(error, ERROR_LAB, "%s: out of memory", path);
    if (scenario->path != NULL && scenario->name != NULL)
        return scenario;
    scenario_free(scenario);
    return NULL;
}

// Of a file for a program: it has no claim, and no end but the program's.
static bool fill_what_is_left_out(struct scenario *scenario, struct error *error)
{
    if (scenario->claim == NULL)
        scenario->claim = strdup("");
    if (scenario->run_for_us == 0)
        scenario->run_for_us = DURATION_MAX_US;
    return scenario->claim != NULL || error_set(error, ERROR_LAB, "%s: out of memory", scenario->path);
}

static struct scenario *parse_scenario(
    const char *path, const char *yaml, size_t length, bool whole, struct error *error)
{
    struct yaml_source source;
    struct scenario *scenario = scenario_new(path, error);
    if (scenario == NULL)
        return NULL;
    bool good = yaml_source_open(&source, path, yaml, length, error);
    if (good) {
        good = read_top(&source, whole, scenario) && (whole || fill_what_is_left_out(scenario, error)) &&
               scenario_check_times(scenario, error);
        yaml_source_close(&source);
    }
    if (good)
        return scenario;
    scenario_free(scenario);
    return NULL;
}

struct scenario *scenario_parse(const char *path, const char *yaml, size_t length, struct error *error)
{
    return parse_scenario(path, yaml, length, true, error);
}

struct scenario *scenario_parse_for_program(
    const char *path, const char *yaml, size_t length, struct error *error)
{
    return parse_scenario(path, yaml, length, false, error);
}

struct scenario *scenario_read(const char *path, struct error *error)
{
    size_t length;
    char *yaml = yaml_file_read(path, &length, error);
    if (yaml == NULL)
        return NULL;
    struct scenario *scenario = scenario_parse(path, yaml, length, error);
    free(yaml);
    return scenario;
}

void scenario_free(struct scenario *scenario)
{
    if (scenario == NULL)
        return;
    for (size_t i = 0; i < scenario->reproduces_count; i++)
        free(scenario->reproduces[i]);
    for (size_t i = 0; i < scenario->faults_count; i++) {
        free(scenario->faults[i].options);
    }
    for (size_t i = 0; i < scenario->expectations_count; i++) {
        free(scenario->expectations[i].strategy);
        free(scenario->expectations[i].text);
    }
    free(scenario->reproduces);
    free(scenario->pool.conninfo);
    free(scenario->workload);
    free(scenario->faults);
    free(scenario->expectations);
    free(scenario->name);
    free(scenario->path);
    free(scenario->claim);
    free(scenario);
}
