// run.json, written.
#include "result/result.h"

#include "base/duration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ERRORS_MAX 100 // of a cell; metrics.errors holds their number

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *real_of(int64_t duration_us, int64_t unit_us)
{
    return json_real((double)duration_us / (double)unit_us);
}

static json_t *json_seconds(double seconds)
{
    return json_real(round(seconds * 1000) / 1000);
}

static json_t *metric_to_json(enum metric metric, int64_t value)
{
    if (value == METRIC_ABSENT)
        return json_null();
    if (value == METRIC_NEVER && metric_never(metric) != NULL)
        return json_string(metric_never(metric));
    return metric_unit(metric) == RANGE_DURATION ? real_of(value, US_PER_MS) : json_integer(value);
}

static json_t *run_metrics_to_json(const struct cell_result *cell)
{
    json_t *json = json_object();
    bool whole = json != NULL;
    for (int i = 0; i < METRIC_KINDS && whole; i++) {
        enum metric metric = (enum metric)i;
        whole = json_object_set_new(json, metric_json_name(metric),
                    metric_to_json(metric, cell->verdict->metrics.value[metric])) == 0;
    }
    whole = whole &&
            json_object_set_new(json, "virtual_s", real_of(cell->verdict->virtual_us, US_PER_S)) == 0 &&
            json_object_set_new(json, "wall_s", json_seconds(cell->wall_s)) == 0;
    if (whole)
        return json;
    json_decref(json);
    return NULL;
}

static json_t *reasons_to_json(const struct verdict *verdict)
{
    json_t *json = json_array();
    for (size_t i = 0; json && i < verdict->reasons_count; i++) {
        if (json_array_append_new(json, json_string(verdict->reasons[i])) != 0) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

static json_t *error_to_json(const struct operation_error *error)
{
    return json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:o}", "op", (json_int_t)error->id, "do",
        error->operation, "text", error->text, "kind", text_or_null(error->kind), "sqlstate",
        text_or_null(error->sqlstate), "at_s", real_of(error->at_us, US_PER_S), "took_ms",
        real_of(error->took_us, US_PER_MS));
}

static json_t *errors_to_json(const struct verdict *verdict)
{
    json_t *json = json_array();
    for (size_t i = 0; json && i < verdict->errors_count && i < ERRORS_MAX; i++) {
        if (json_array_append_new(json, error_to_json(&verdict->errors[i])) != 0) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

static json_t *texts_to_json(const struct error_texts *texts)
{
    json_t *json = json_array();
    for (size_t i = 0; json && i < texts->count; i++) {
        const struct error_text *text = &texts->items[i];
        json_t *item = json_pack("{s:s, s:I}", "text", text->text, "count", (json_int_t)text->count);
        if (json_array_append_new(json, item) != 0) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

static json_t *impact_to_json(enum impact impact)
{
    return impact == IMPACT_UNKNOWN ? json_null() : json_string(impact_name(impact));
}

static json_t *cell_to_result_json(const struct cell_result *cell)
{
    const struct verdict *verdict = cell->verdict;
    json_t *json = json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:I, s:o, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:s}",
        "scenario", cell->scenario, "claim", cell->claim, "subject", cell->subject, "version",
        text_or_null(verdict->version), "driver", text_or_null(verdict->driver), "seed",
        (json_int_t)cell->seed, "impact", impact_to_json(verdict->impact), "best", impact_name(cell->best),
        "verdict", outcome_name(verdict->outcome), "control", cell->control, "reasons",
        reasons_to_json(verdict), "metrics", run_metrics_to_json(cell), "errors", errors_to_json(verdict),
        "error_texts", texts_to_json(&cell->texts), "events_sha256", text_or_null(cell->events_sha256),
        "forked", cell->forked, "pcap_sha256", text_or_null(cell->pcap_sha256), "dir", cell->dir);
    if (json && cell->fail_on[0] != '\0')
        json_object_set_new(json, "fail_on", json_string(cell->fail_on));
    return json;
}

static json_t *cells_to_json(const struct run_result *result)
{
    json_t *json = json_array();
    for (size_t i = 0; json && i < result->cells_count; i++) {
        if (!result->cells[i].verdict)
            continue;
        if (json_array_append_new(json, cell_to_result_json(&result->cells[i])) != 0) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

json_t *run_result_to_json(const struct run_result *result, struct error *error)
{
    json_t *json = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:I, s:o, s:I, s:o}", "schema", "hangup-run/2",
        "lab", result->lab, "kernel", text_or_null(result->kernel), "cold", text_or_null(result->cold),
        "world", world_to_json(&result->world), "started", text_or_null(result->started), "seed",
        (json_int_t)result->seed, "wall_s", json_seconds(result->wall_s), "not_run",
        (json_int_t)run_result_count(result).not_run, "cells", cells_to_json(result));
    if (json && result->shards > 1)
        json_object_set_new(json, "shard",
            json_pack("{s:i, s:i, s:s}", "number", (int)result->shard, "of", (int)result->shards,
                "plan_sha256", result->plan_sha256));
    if (!json)
        (void)error_set(error, ERROR_LAB, "run.json: out of memory, or a text that is not UTF-8");
    return json;
}
