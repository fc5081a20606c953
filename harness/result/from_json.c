// run.json, read back: reports and comparisons of a stored run start here.
#include "result/result.h"

#include "base/duration.h"
#include "base/json_file.h"
#include "base/json_number.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define CELLS_MAX 100000 // so that what is summed up over them has room: json_number.h

// Sticky: `broken` names the first member that was not as expected.
struct member_reader {
    char broken[128];
};

static void run_json_is_broken(struct member_reader *reader, const char *member, const char *expected)
{
    if (!reader->broken[0])
        snprintf(reader->broken, sizeof(reader->broken), "%s: expected %s", member, expected);
}

// Fit for one line: the file may come from anywhere, and a terminal obeys what it is shown.
static char *take_text(struct member_reader *reader, const json_t *json, const char *member, bool may_be_null)
{
    const json_t *value = json_object_get(json, member);
    if (may_be_null && (!value || json_is_null(value)))
        return NULL;
    char *text = json_is_string(value) ? text_one_line(json_string_value(value)) : NULL;
    if (!text)
        run_json_is_broken(reader, member, "a text");
    return text;
}

static int64_t take_count(struct member_reader *reader, const json_t *json, const char *member)
{
    int64_t count;
    if (!json_number_count(json_object_get(json, member), &count))
        run_json_is_broken(reader, member, "a whole number of 0 or more");
    return count;
}

// All 64 bits of it, as json_int_t has them.
static uint64_t take_seed(struct member_reader *reader, const json_t *json)
{
    int64_t seed;
    if (!json_number_between(json_object_get(json, "seed"), INT64_MIN, INT64_MAX, &seed))
        run_json_is_broken(reader, "seed", "a whole number");
    return (uint64_t)seed;
}

static int64_t take_duration(
    struct member_reader *reader, const json_t *json, const char *member, int64_t unit_us)
{
    int64_t duration_us;
    if (!json_number_duration(json_object_get(json, member), unit_us, &duration_us))
        run_json_is_broken(reader, member, "a number, of a time that a cell can take");
    return duration_us;
}

static double take_seconds(struct member_reader *reader, const json_t *json, const char *member)
{
    return (double)take_duration(reader, json, member, US_PER_S) / US_PER_S;
}

// The plain name of a folder, as it is: no other stands for it.
static char *take_name(struct member_reader *reader, const json_t *json, const char *member)
{
    const char *name = json_string_value(json_object_get(json, member));
    char *copy = name && folder_name_is_plain(name) ? strdup(name) : NULL;
    if (!copy)
        run_json_is_broken(reader, member, "the name of a folder");
    return copy;
}

static const json_t *take_array(struct member_reader *reader, const json_t *json, const char *member)
{
    const json_t *value = json_object_get(json, member);
    if (!json_is_array(value))
        run_json_is_broken(reader, member, "a list");
    return value;
}

static void take_digest(struct member_reader *reader, const json_t *json, const char *member,
    char digest[static DIGEST_TEXT_SIZE])
{
    char *text = take_text(reader, json, member, true);
    if (text && strlen(text) == DIGEST_TEXT_SIZE - 1)
        memcpy(digest, text, DIGEST_TEXT_SIZE);
    else if (text)
        run_json_is_broken(reader, member, "64 hexadecimal digits");
    free(text);
}

static enum outcome take_outcome(struct member_reader *reader, const json_t *json)
{
    const char *name = json_string_value(json_object_get(json, "verdict"));
    for (int outcome = OUTCOME_PASS; name && outcome <= OUTCOME_ERROR; outcome++)
        if (strcmp(name, outcome_name((enum outcome)outcome)) == 0)
            return (enum outcome)outcome;
    run_json_is_broken(reader, "verdict", "pass, skip, fail or error");
    return OUTCOME_ERROR;
}

static enum impact take_impact(
    struct member_reader *reader, const json_t *json, const char *member, enum impact absent)
{
    const json_t *value = json_object_get(json, member);
    enum impact impact = absent;
    if (value && !json_is_null(value) &&
        (!json_is_string(value) || !impact_by_name(json_string_value(value), &impact)))
        run_json_is_broken(reader, member, "clean, delayed, errors, stuck or data");
    return impact;
}

static void take_metrics(struct member_reader *reader, const json_t *json, struct verdict *verdict)
{
    for (int i = 0; i < METRIC_KINDS; i++) {
        enum metric metric = (enum metric)i;
        const char *name = metric_json_name(metric);
        const json_t *value = json_object_get(json, name);
        // A run of an older hangup does not know every metric.
        if (!value || json_is_null(value))
            verdict->metrics.value[metric] = METRIC_ABSENT;
        else if (json_is_string(value) && metric_never(metric) != NULL &&
                 strcmp(json_string_value(value), metric_never(metric)) == 0)
            verdict->metrics.value[metric] = METRIC_NEVER;
        else if (metric_unit(metric) == RANGE_DURATION)
            verdict->metrics.value[metric] = take_duration(reader, json, name, US_PER_MS);
        else
            verdict->metrics.value[metric] = take_count(reader, json, name);
    }
    verdict->virtual_us = take_duration(reader, json, "virtual_s", US_PER_S);
}

static void take_reasons(struct member_reader *reader, const json_t *json, struct verdict *verdict)
{
    size_t count = json_array_size(json);
    verdict->reasons = calloc(count + 1, sizeof(*verdict->reasons));
    if (!verdict->reasons)
        run_json_is_broken(reader, "reasons", "more memory");
    for (size_t i = 0; verdict->reasons && i < count; i++) {
        const json_t *reason = json_array_get(json, i);
        verdict->reasons[i] = json_is_string(reason) ? text_one_line(json_string_value(reason)) : NULL;
        if (!verdict->reasons[i]) {
            run_json_is_broken(reader, "reasons", "a list of texts");
            return;
        }
        verdict->reasons_count++;
    }
}

static void take_errors(struct member_reader *reader, const json_t *json, struct verdict *verdict)
{
    size_t count = json_array_size(json);
    verdict->errors = calloc(count + 1, sizeof(*verdict->errors));
    if (!verdict->errors)
        run_json_is_broken(reader, "errors", "more memory");
    for (size_t i = 0; verdict->errors && i < count; i++) {
        const json_t *error = json_array_get(json, i);
        verdict->errors[verdict->errors_count++] = (struct operation_error){
            .id = take_count(reader, error, "op"),
            .at_us = take_duration(reader, error, "at_s", US_PER_S),
            .took_us = take_duration(reader, error, "took_ms", US_PER_MS),
            .operation = take_text(reader, error, "do", false),
            .text = take_text(reader, error, "text", false),
            .kind = take_text(reader, error, "kind", true),
            .sqlstate = take_text(reader, error, "sqlstate", true),
        };
    }
}

static void take_error_texts(struct member_reader *reader, const json_t *json, struct error_texts *texts)
{
    size_t count = json_array_size(json);
    texts->items = calloc(count + 1, sizeof(*texts->items));
    if (!texts->items)
        run_json_is_broken(reader, "error_texts", "more memory");
    for (size_t i = 0; texts->items && i < count; i++) {
        const json_t *text = json_array_get(json, i);
        texts->items[texts->count++] = (struct error_text){
            .text = take_text(reader, text, "text", false),
            .count = take_count(reader, text, "count"),
        };
    }
}

static void take_cell(struct member_reader *reader, const json_t *json, struct cell_result *cell)
{
    const json_t *metrics = json_object_get(json, "metrics");
    cell->scenario = take_text(reader, json, "scenario", false);
    cell->claim = take_text(reader, json, "claim", false);
    cell->subject = take_text(reader, json, "subject", false);
    cell->dir = take_name(reader, json, "dir");
    cell->seed = take_seed(reader, json);
    cell->forked = json_is_true(json_object_get(json, "forked"));
    cell->control = json_is_true(json_object_get(json, "control"));
    take_digest(reader, json, "events_sha256", cell->events_sha256);
    take_digest(reader, json, "pcap_sha256", cell->pcap_sha256);
    cell->wall_s = take_seconds(reader, metrics, "wall_s");
    cell->verdict = calloc(1, sizeof(*cell->verdict));
    if (!cell->verdict)
        return;
    cell->verdict->outcome = take_outcome(reader, json);
    cell->verdict->impact = take_impact(reader, json, "impact", IMPACT_UNKNOWN);
    cell->best = take_impact(reader, json, "best", IMPACT_CLEAN);
    char *fail_on = take_text(reader, json, "fail_on", true);
    snprintf(cell->fail_on, sizeof(cell->fail_on), "%s", fail_on ? fail_on : "");
    free(fail_on);
    cell->verdict->version = take_text(reader, json, "version", true);
    cell->verdict->driver = take_text(reader, json, "driver", true);
    take_metrics(reader, metrics, cell->verdict);
    take_reasons(reader, take_array(reader, json, "reasons"), cell->verdict);
    take_errors(reader, take_array(reader, json, "errors"), cell->verdict);
    take_error_texts(reader, take_array(reader, json, "error_texts"), &cell->texts);
}

static bool cells_from_json(struct run_result *result, const json_t *cells, struct error *error)
{
    for (size_t i = 0; i < json_array_size(cells); i++) {
        struct member_reader reader = {0};
        take_cell(&reader, json_array_get(cells, i), &result->cells[i]);
        if (reader.broken[0])
            return error_set(error, ERROR_INPUT, "cells[%zu]: %s", i, reader.broken);
        if (!result->cells[i].verdict)
            return error_set(error, ERROR_INPUT, "cells[%zu]: out of memory", i);
    }
    return true;
}

static void take_shard(struct member_reader *reader, const json_t *json, struct run_result *result)
{
    const json_t *shard = json_object_get(json, "shard");
    if (!shard)
        return;
    int64_t number = take_count(reader, shard, "number"), of = take_count(reader, shard, "of");
    take_digest(reader, shard, "plan_sha256", result->plan_sha256);
    if (number < 1 || number > of || of > UINT16_MAX)
        run_json_is_broken(reader, "shard", "a number from 1 on");
    else {
        result->shard = (unsigned)number;
        result->shards = (unsigned)of;
    }
}

static struct run_result *take_run(struct member_reader *reader, const json_t *json)
{
    uint64_t seed = take_seed(reader, json);
    int64_t not_run = take_count(reader, json, "not_run");
    char *lab = take_text(reader, json, "lab", false);
    char *kernel = take_text(reader, json, "kernel", true);
    char *started = take_text(reader, json, "started", true);
    char *cold = take_text(reader, json, "cold", true);
    size_t cells_count = json_array_size(take_array(reader, json, "cells"));
    if (not_run > CELLS_MAX || cells_count + (size_t)not_run > CELLS_MAX)
        run_json_is_broken(reader, "cells", "100,000 cells at most");
    struct run_result *result = NULL;
    if (!reader->broken[0])
        result = run_result_new(lab, kernel, started, seed, cells_count + (size_t)not_run);
    if (!result)
        run_json_is_broken(reader, "run.json", "more memory");
    else
        result->wall_s = take_seconds(reader, json, "wall_s");
    if (result && cold)
        snprintf(result->cold, sizeof(result->cold), "%s", cold);
    struct error no_world = {0};
    if (result && !world_from_json(json_object_get(json, "world"), &result->world, &no_world))
        run_json_is_broken(reader, "world", "the digests of image, kernel and programs, or null");
    if (result)
        take_shard(reader, json, result);
    free(lab);
    free(kernel);
    free(started);
    free(cold);
    return result;
}

struct run_result *run_result_from_json(const json_t *json, struct error *error)
{
    const char *schema = json_string_value(json_object_get(json, "schema"));
    // A cell of version 1 has no impact, and its numbers lack some.
    if (!schema || (strcmp(schema, "hangup-run/1") != 0 && strcmp(schema, "hangup-run/2") != 0)) {
        (void)error_set(error, ERROR_INPUT, "schema: expected \"hangup-run/2\"");
        return NULL;
    }
    struct member_reader reader = {0};
    struct run_result *result = take_run(&reader, json);
    bool whole = reader.broken[0] ? error_set(error, ERROR_INPUT, "%s", reader.broken)
                                  : cells_from_json(result, json_object_get(json, "cells"), error) &&
                                        run_result_check_folders(result, error);
    if (whole)
        return result;
    run_result_free(result);
    return NULL;
}

struct run_result *run_result_read(const struct folder *folder, struct error *error)
{
    json_t *json = json_file_read_in(folder, RUN_FILE, ERROR_INPUT, error);
    if (!json)
        return NULL;
    struct run_result *result = run_result_from_json(json, error);
    if (!result)
        (void)error_context(error, "%s/" RUN_FILE, folder->path);
    json_decref(json);
    return result;
}
