// A scenario out of plan.json.
#include "scenario/internal.h"

#include "base/duration.h"
#include "base/json_number.h"

#include <stdlib.h>
#include <string.h>

// Unpacked into json_int_t and const char * first: what is stored was written by this program, but may have
// been edited since.
static bool unpack(struct error *error, const char *what, const json_t *json, const char *format, ...)
{
    json_error_t problem;
    va_list arguments;
    va_start(arguments, format);
    int result = json_vunpack_ex((json_t *)json, &problem, 0, format, arguments);
    va_end(arguments);
    return result == 0 || error_set(error, ERROR_INPUT, "%s: %s", what, problem.text);
}

static bool copy_text(const char *text, char **copy, struct error *error)
{
    *copy = strdup(text);
    return *copy != NULL || error_set(error, ERROR_LAB, "out of memory");
}

static bool check_time(json_int_t time_us, const char *what, struct error *error)
{
    if (time_us >= 0 && time_us <= DURATION_MAX_US)
        return true;
    return error_set(error, ERROR_INPUT, "%s: a time out of range", what);
}

// json_null for an open end.
static bool bound_from_json(const json_t *json, int64_t open, int64_t *bound, struct error *error)
{
    bool good = json_number_time_us(json, bound);
    if (!good)
        *bound = open;
    return good || json_is_null(json) || error_set(error, ERROR_INPUT, "expected an integer or null");
}

static bool workload_item_from_json(const json_t *json, struct workload_item *item, struct error *error)
{
    const char *operation;
    json_int_t at_us, every_us, takes_us = 0, pause_us = 0, size_bytes = 0, within_us = 0;
    int once = 0;
    if (!unpack(error, "workload", json, "{s:I, s:s, s:i, s:I, s:i, s:i, s?I, s?I, s?I, s?i, s?I, s?i, s?b}",
            "at_us", &at_us, "operation", &operation, "count", &item->count, "every_us", &every_us, "line",
            &item->line, "column", &item->column, "takes_us", &takes_us, "pause_us", &pause_us, "size_bytes",
            &size_bytes, "then", &item->then, "within_us", &within_us, "retries", &item->retries, "once",
            &once))
        return false;
    item->at_us = at_us;
    item->every_us = every_us;
    item->takes_us = takes_us;
    item->pause_us = pause_us;
    item->size_bytes = size_bytes;
    item->within_us = within_us;
    item->once = once;
    if (!operation_by_name(operation, &item->operation))
        return error_set(error, ERROR_INPUT, "workload: unknown operation '%.40s'", operation);
    if (item->count < 1 || item->count > WORKLOAD_COUNT_MAX)
        return error_set(error, ERROR_INPUT, "workload: a count out of range");
    if (size_bytes < 0 || size_bytes > WORKLOAD_BYTES_MAX)
        return error_set(error, ERROR_INPUT, "workload: a size out of range");
    if (item->then < 0 || item->then > WORKLOAD_THEN_MAX)
        return error_set(error, ERROR_INPUT, "workload: then out of range");
    if (item->retries < 0 || item->retries > WORKLOAD_RETRIES_MAX)
        return error_set(error, ERROR_INPUT, "workload: retries out of range");
    if (item->once && !operation_can_be_once(item->operation))
        return error_set(error, ERROR_INPUT, "workload: '%s' takes no once", operation);
    return check_time(at_us, "workload", error) && check_time(every_us, "workload", error) &&
           check_time(takes_us, "workload", error) && check_time(pause_us, "workload", error) &&
           check_time(within_us, "workload", error);
}

static bool argument_from_json(const char *text, struct fault_spec *spec, struct error *error)
{
    for (const char *const *argument = spec->kind->arguments; *argument != NULL; argument++)
        if (strcmp(*argument, text) == 0)
            spec->argument = *argument;
    return spec->argument != NULL ||
           error_set(error, ERROR_INPUT, "faults: unknown %s argument '%.40s'", spec->kind->name, text);
}

// A plan that says nothing of it claims nothing.
static bool hits_from_json(const json_t *json, struct fault_spec *spec, struct error *error)
{
    const json_t *hits = json_object_get(json, "hits"), *low, *high;
    spec->claims_hits = hits != NULL;
    return hits == NULL || (unpack(error, "faults", hits, "{s:o, s:o}", "low", &low, "high", &high) &&
                               bound_from_json(low, INT64_MIN, &spec->hits.low, error) &&
                               bound_from_json(high, INT64_MAX, &spec->hits.high, error));
}

static bool fault_from_json(const json_t *json, struct fault_spec *spec, struct error *error)
{
    const char *kind, *argument;
    const json_t *for_us, *options;
    json_int_t at_us;
    if (!unpack(error, "faults", json, "{s:I, s:s, s:s, s:o, s:o, s:i, s:i}", "at_us", &at_us, "kind", &kind,
            "argument", &argument, "for_us", &for_us, "options", &options, "line", &spec->line, "column",
            &spec->column))
        return false;
    spec->at_us = at_us;
    spec->kind = fault_kind_by_name(kind);
    if (spec->kind == NULL)
        return error_set(error, ERROR_INPUT, "faults: unknown kind '%.40s'", kind);
    if (!argument_from_json(argument, spec, error) || !scenario_fault_options_from_json(options, spec, error))
        return false;
    if (!bound_from_json(for_us, FAULT_FOREVER, &spec->for_us, error) || !check_time(at_us, "faults", error))
        return false;
    if (spec->for_us != FAULT_FOREVER && !check_time(spec->for_us, "faults", error))
        return false;
    if (!hits_from_json(json, spec, error))
        return false;
    return spec->kind->validate == NULL || spec->kind->validate(spec, error);
}

static bool range_from_json(const json_t *json, struct expectation *expectation, struct error *error)
{
    const char *metric;
    const json_t *low, *high;
    if (!unpack(error, "expect", json, "{s:s}", "metric", &metric))
        return false;
    if (!metric_by_name(metric, &expectation->metric))
        return error_set(error, ERROR_INPUT, "expect: unknown metric '%.40s'", metric);
    bool duration = metric_unit(expectation->metric) == RANGE_DURATION;
    struct range *range = &expectation->range;
    if (!unpack(error, "expect", json, "{s:o, s:o}", duration ? "low_us" : "low", &low,
            duration ? "high_us" : "high", &high))
        return false;
    if (!bound_from_json(low, INT64_MIN, &range->low, error) ||
        !bound_from_json(high, INT64_MAX, &range->high, error))
        return false;
    if (range->low > range->high || (json_is_null(low) && json_is_null(high)))
        return error_set(error, ERROR_INPUT, "expect: %s: not a range", metric);
    return true;
}

// What is read has texts to be freed, whatever the result.
static bool expectation_from_json(const json_t *json, struct expectation *expectation, struct error *error)
{
    const char *strategy;
    if (!unpack(error, "expect", json, "{s:s, s:i, s:i}", "strategy", &strategy, "line", &expectation->line,
            "column", &expectation->column) ||
        !copy_text(strategy, &expectation->strategy, error))
        return false;
    for (int i = EXPECT_RANGE + 1; i < EXPECTATION_KINDS; i++) {
        const char *text = NULL;
        expectation->kind = (enum expectation_kind)i;
        if (!unpack(error, "expect", json, "{s?s}", expectation_word(expectation->kind), &text))
            return false;
        if (text != NULL)
            return copy_text(text, &expectation->text, error);
    }
    expectation->kind = EXPECT_RANGE;
    return range_from_json(json, expectation, error);
}

static bool flow_table_from_json(const json_t *json, struct flow_table *flow_table, struct error *error)
{
    const char *then;
    json_int_t idle_us, age_us = 0, size = 0;
    if (json_is_null(json))
        return true;
    if (!unpack(error, "flow_table", json, "{s:I, s:s, s?I, s?I}", "idle_us", &idle_us, "then", &then,
            "age_us", &age_us, "size", &size))
        return false;
    flow_table->idle_us = idle_us;
    flow_table->age_us = age_us;
    flow_table->size = size;
    if (idle_us <= 0 || idle_us % US_PER_S != 0)
        return error_set(error, ERROR_INPUT, "flow_table: idle_us out of range");
    if (age_us < 0 || age_us % US_PER_S != 0 || size < 0 || size > FLOW_TABLE_SIZE_MAX)
        return error_set(error, ERROR_INPUT, "flow_table: age_us or size out of range");
    for (size_t i = 0; flow_table_then_names[i] != NULL; i++) {
        if (strcmp(flow_table_then_names[i], then) != 0)
            continue;
        flow_table->then = (enum flow_table_then)i;
        return check_time(idle_us, "flow_table", error) && check_time(age_us, "flow_table", error);
    }
    return error_set(error, ERROR_INPUT, "flow_table: unknown then '%.40s'", then);
}

static bool choice_from_json(
    const char *const *words, const char *word, const char *what, size_t *index, struct error *error)
{
    for (*index = 0; words[*index] != NULL; ++*index)
        if (strcmp(words[*index], word) == 0)
            return true;
    return error_set(error, ERROR_INPUT, "%s: unknown '%.40s'", what, word);
}

// A plan that names neither has neither.
static bool legs_from_json(const json_t *json, struct network *network, struct error *error)
{
    const json_t *proxy = json_object_get(json, "proxy");
    const char *then, *pooler = pooler_names[POOLER_NONE];
    json_int_t idle_us = 0;
    size_t index = 0;
    if (proxy != NULL && (!unpack(error, "proxy", proxy, "{s:I, s:s}", "idle_us", &idle_us, "then", &then) ||
                             !choice_from_json(proxy_then_names, then, "proxy", &index, error)))
        return false;
    if (idle_us < 0 || idle_us % US_PER_S != 0)
        return error_set(error, ERROR_INPUT, "proxy: idle_us out of range");
    network->proxy = (struct proxy){.idle_us = idle_us, .then = (enum proxy_then)index};
    if (!check_time(idle_us, "proxy", error) || !unpack(error, "network", json, "{s?s}", "pooler", &pooler) ||
        !choice_from_json(pooler_names, pooler, "pooler", &index, error))
        return false;
    network->pooler = (enum pooler)index;
    return true;
}

static bool network_from_json(const json_t *json, struct network *network, struct error *error)
{
    json_int_t rtt_us, jitter_us, loss_ppm, duplicate_ppm, reorder_ppm, corrupt_ppm, rate_bps;
    const json_t *flow_table;
    if (!unpack(error, "network", json, "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "rtt_us", &rtt_us,
            "jitter_us", &jitter_us, "loss_ppm", &loss_ppm, "duplicate_ppm", &duplicate_ppm, "reorder_ppm",
            &reorder_ppm, "corrupt_ppm", &corrupt_ppm, "rate_bps", &rate_bps, "flow_table", &flow_table))
        return false;
    if (!check_time(rtt_us, "network", error) || !check_time(jitter_us, "network", error))
        return false;
    *network = (struct network){.rtt_us = rtt_us,
        .jitter_us = jitter_us,
        .loss_ppm = loss_ppm,
        .duplicate_ppm = duplicate_ppm,
        .reorder_ppm = reorder_ppm,
        .corrupt_ppm = corrupt_ppm,
        .rate_bps = rate_bps};
    return flow_table_from_json(flow_table, &network->flow_table, error) &&
           legs_from_json(json, network, error);
}

static bool sslmode_from_json(const char *name, enum sslmode *sslmode, struct error *error)
{
    for (size_t i = 0; sslmode_names[i] != NULL; i++) {
        if (strcmp(sslmode_names[i], name) == 0) {
            *sslmode = (enum sslmode)i;
            return true;
        }
    }
    return error_set(error, ERROR_INPUT, "pool: unknown sslmode '%.40s'", name);
}

static bool pool_from_json(const json_t *json, struct pool_settings *pool, struct error *error)
{
    const char *conninfo = NULL, *sslmode = sslmode_names[SSLMODE_VERIFY_FULL], *why;
    if (!unpack(error, "pool", json, "{s:i, s:i, s?s, s?s}", "size", &pool->size, "workers", &pool->workers,
            "conninfo", &conninfo, "sslmode", &sslmode) ||
        !sslmode_from_json(sslmode, &pool->sslmode, error))
        return false;
    if (conninfo == NULL)
        return true;
    if (!scenario_check_conninfo(conninfo, &why))
        return error_set(error, ERROR_INPUT, "pool: conninfo: %s", why);
    return copy_text(conninfo, &pool->conninfo, error);
}

// One zeroed element for each of an array's. An empty array gives one too, that nothing counts.
static void *elements_new(const json_t *array, size_t element_size, size_t *count, struct error *error)
{
    void *elements = calloc(json_array_size(array) + 1, element_size);
    if (elements == NULL)
        error_set(error, ERROR_LAB, "out of memory");
    else
        *count = json_array_size(array);
    return elements;
}

static bool links_from_json(const json_t *json, struct scenario *scenario, struct error *error)
{
    scenario->reproduces = elements_new(json, sizeof(char *), &scenario->reproduces_count, error);
    for (size_t i = 0; i < scenario->reproduces_count; i++) {
        const char *link;
        if (!unpack(error, "reproduces", json_array_get(json, i), "s", &link) ||
            !copy_text(link, &scenario->reproduces[i], error))
            return false;
    }
    return scenario->reproduces != NULL;
}

static bool workload_from_json(const json_t *json, struct scenario *scenario, struct error *error)
{
    scenario->workload = elements_new(json, sizeof(*scenario->workload), &scenario->workload_count, error);
    for (size_t i = 0; i < scenario->workload_count; i++) {
        if (!workload_item_from_json(json_array_get(json, i), &scenario->workload[i], error))
            return false;
    }
    return scenario->workload != NULL;
}

static bool faults_from_json(const json_t *json, struct scenario *scenario, struct error *error)
{
    scenario->faults = elements_new(json, sizeof(*scenario->faults), &scenario->faults_count, error);
    for (size_t i = 0; i < scenario->faults_count; i++) {
        if (!fault_from_json(json_array_get(json, i), &scenario->faults[i], error))
            return false;
        scenario->faults[i].index = i;
    }
    return scenario->faults != NULL;
}

static bool expect_from_json(const json_t *json, struct scenario *scenario, struct error *error)
{
    scenario->expectations = elements_new(
        json, sizeof(*scenario->expectations), &scenario->expectations_count, error);
    for (size_t i = 0; i < scenario->expectations_count; i++) {
        if (!expectation_from_json(json_array_get(json, i), &scenario->expectations[i], error))
            return false;
    }
    return scenario->expectations != NULL;
}

static bool fill_from_json(const json_t *json, struct scenario *scenario, struct error *error)
{
    const char *name, *path, *claim, *best = impact_names[IMPACT_CLEAN];
    const json_t *reproduces, *network, *pool, *workload, *faults, *expect;
    json_int_t run_for_us;
    int must_fail;
    if (!unpack(error, "scenario", json, "{s:s, s:s, s:s, s:b, s?s, s:o, s:o, s:o, s:o, s:o, s:I, s:o}",
            "name", &name, "path", &path, "claim", &claim, "must_fail", &must_fail, "best", &best,
            "reproduces", &reproduces, "network", &network, "pool", &pool, "workload", &workload, "faults",
            &faults, "run_for_us", &run_for_us, "expect", &expect))
        return false;
    scenario->run_for_us = run_for_us;
    scenario->must_fail = must_fail;
    if (!impact_by_name(best, &scenario->best))
        return error_set(error, ERROR_INPUT, "scenario: unknown impact '%.40s'", best);
    return copy_text(name, &scenario->name, error) && copy_text(path, &scenario->path, error) &&
           copy_text(claim, &scenario->claim, error) && check_time(run_for_us, "run_for_us", error) &&
           network_from_json(network, &scenario->network, error) &&
           pool_from_json(pool, &scenario->pool, error) && links_from_json(reproduces, scenario, error) &&
           workload_from_json(workload, scenario, error) && faults_from_json(faults, scenario, error) &&
           expect_from_json(expect, scenario, error) && scenario_check_times(scenario, error);
}

struct scenario *scenario_from_json(const json_t *json, struct error *error)
{
    struct scenario *scenario = calloc(1, sizeof(*scenario));
    if (scenario == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    if (fill_from_json(json, scenario, error))
        return scenario;
    scenario_free(scenario);
    return NULL;
}
