#include "result/baseline.h"

#include "base/atomic_file.h"
#include "base/duration.h"
#include "base/json_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA       "hangup-baseline/1"
#define TOLERANCE_MS 100.0
#define TENTH        10

// What is recorded of a cell: what the application saw, and the price. Packets are another run's business.
static const enum metric recorded[] = {METRIC_OPS, METRIC_ERRORS, METRIC_HUNG, METRIC_SLOWEST, METRIC_DELAY,
    METRIC_MEDIAN, METRIC_RECOVERY, METRIC_PINGS, METRIC_CONNECTS, METRIC_LOST, METRIC_DUPLICATED,
    METRIC_IN_DOUBT, METRIC_LEAKED_BACKENDS, METRIC_TORN, METRIC_DEAF, METRIC_OVERDUE};

// Most cells have none of it: only some are recorded, so that what was recorded before is the same still.
static bool is_rare(enum metric metric)
{
    return metric == METRIC_TORN || metric == METRIC_DEAF || metric == METRIC_OVERDUE;
}

static bool is_recorded(const struct cell_result *cell)
{
    return cell->verdict && !cell->control && cell->verdict->outcome != OUTCOME_SKIP &&
           cell->verdict->outcome != OUTCOME_ERROR;
}

static char *key_of(const struct cell_result *cell)
{
    char *key;
    return asprintf(&key, "%s %s %" PRIu64, cell->scenario, cell->subject, cell->seed) < 0 ? NULL : key;
}

static json_t *record_metric(enum metric metric, int64_t value)
{
    if (value == METRIC_ABSENT)
        return json_null();
    if (value == METRIC_NEVER && metric_never(metric))
        return json_string(metric_never(metric));
    if (metric_unit(metric) ==
        RANGE_DURATION) // a tenth of a millisecond: another machine's microseconds differ
        return json_real(round((double)value / (US_PER_MS / 10.0)) / 10);
    return json_integer(value);
}

static int compare_recorded_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static json_t *record_texts(const struct error_texts *texts)
{
    json_t *json = json_array();
    const char **sorted = calloc(texts->count + 1, sizeof(*sorted));
    for (size_t i = 0; sorted && i < texts->count; i++)
        sorted[i] = texts->items[i].text;
    if (sorted)
        qsort(sorted, texts->count, sizeof(*sorted), compare_recorded_texts);
    for (size_t i = 0; sorted && i < texts->count; i++)
        json_array_append_new(json, json_string(sorted[i]));
    free(sorted);
    return json;
}

static json_t *record(const struct cell_result *cell)
{
    json_t *json = json_pack("{s:s}", "impact", impact_name(cell->verdict->impact));
    for (size_t i = 0; i < sizeof(recorded) / sizeof(recorded[0]); i++) {
        int64_t value = cell->verdict->metrics.value[recorded[i]];
        if (value > 0 || !is_rare(recorded[i]))
            json_object_set_new(json, metric_json_name(recorded[i]), record_metric(recorded[i], value));
    }
    json_object_set_new(json, "says", record_texts(&cell->texts));
    return json;
}

static bool is_near_recorded(const json_t *before, const json_t *now)
{
    double a = json_number_value(before), b = json_number_value(now), longer = a > b ? a : b;
    return json_is_real(before) && json_is_real(now) && fabs(a - b) <= TOLERANCE_MS + longer / TENTH;
}

static void print_change(const char *member, const json_t *before, const json_t *now, FILE *file)
{
    const size_t flags = JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(8);
    char *was = before ? json_dumps(before, flags) : NULL, *is = json_dumps(now, flags);
    fprintf(file, " %s %s -> %s", member, was ? was : "nothing", is ? is : "?");
    free(was);
    free(is);
}

// What was not recorded then is no change now; the rare ones are left out where there is none of them.
static bool was_not_recorded(const json_t *old, const char *member)
{
    return !old && strcmp(member, metric_json_name(METRIC_SLOWEST)) == 0;
}

// ` impact "errors" -> "clean", errors 1 -> 0`. Returns how many members differ.
static size_t print_changes(json_t *before, json_t *now, FILE *file)
{
    const char *member, *separator = "";
    json_t *value;
    size_t changes = 0;
    json_object_foreach(now, member, value)
    {
        json_t *old = json_object_get(before, member);
        if (json_equal(old, value) || is_near_recorded(old, value) || was_not_recorded(old, member))
            continue;
        fputs(separator, file);
        separator = ",";
        print_change(member, old, value, file);
        changes++;
    }
    return changes;
}

static void compare_cell(
    const json_t *cells, const struct cell_result *cell, struct baseline_counts *counts, FILE *file)
{
    char *key = key_of(cell), *text = NULL;
    size_t length;
    json_t *now = record(cell), *before = key ? json_object_get(cells, key) : NULL;
    FILE *memory = open_memstream(&text, &length);
    size_t changes = memory && before ? print_changes(before, now, memory) : 0;
    bool whole = memory && fclose(memory) == 0;
    if (!before)
        fprintf(file, "new: %s\n", key ? key : "out of memory");
    else if (changes > 0 && whole)
        fprintf(file, "changed: %s:%s\n", key, text);
    counts->added += !before;
    counts->changed += before && changes > 0;
    counts->same += before && changes == 0;
    json_decref(now);
    free(text);
    free(key);
}

struct baseline_counts baseline_compare(const json_t *baseline, const struct run_result *run, FILE *file)
{
    struct baseline_counts counts = {0};
    const json_t *cells = json_object_get(baseline, "cells");
    for (size_t i = 0; i < run->cells_count; i++)
        if (is_recorded(&run->cells[i]))
            compare_cell(cells, &run->cells[i], &counts, file);
    return counts;
}

// A cell that was resumed took no time; what is known of it stays.
static json_t *record_with_cost(const struct cell_result *cell, const json_t *before)
{
    json_t *json = record(cell), *known = json_object_get(before, BASELINE_COST);
    if (cell->wall_s > 0)
        json_object_set_new(json, BASELINE_COST, json_real(ceil(cell->wall_s * TENTH) / TENTH));
    else if (known)
        json_object_set(json, BASELINE_COST, known);
    return json;
}

// What the pool and its driver say of themselves; null where the driver says nothing.
static bool take_version(json_t *baseline, const struct cell_result *cell)
{
    json_t *versions = json_object_get(baseline, "versions");
    if (!versions) {
        versions = json_object();
        json_object_set_new(baseline, "versions", versions);
    }
    return !cell->verdict->version ||
           json_object_set_new(versions, cell->subject,
               json_pack("[s, s?]", cell->verdict->version, cell->verdict->driver)) == 0;
}

bool baseline_take(json_t *baseline, const struct run_result *run)
{
    json_t *cells = json_object_get(baseline, "cells");
    for (size_t i = 0; i < run->cells_count; i++) {
        if (!is_recorded(&run->cells[i]))
            continue;
        char *key = key_of(&run->cells[i]);
        json_t *now = key ? record_with_cost(&run->cells[i], json_object_get(cells, key)) : NULL;
        bool taken = now && json_object_set_new(cells, key, now) == 0 &&
                     take_version(baseline, &run->cells[i]);
        free(key);
        if (!taken)
            return false;
    }
    return *run->world.image_sha256 == '\0' ||
           json_object_set_new(baseline, "world", world_to_json(&run->world)) == 0;
}

json_t *baseline_new(void)
{
    return json_pack("{s:s, s:{}}", "schema", SCHEMA, "cells");
}

json_t *baseline_read(const char *path, struct error *error)
{
    json_t *json = json_file_read(path, ERROR_INPUT, error);
    if (!json)
        return NULL;
    const char *schema = json_string_value(json_object_get(json, "schema"));
    if (schema && strcmp(schema, SCHEMA) == 0 && json_is_object(json_object_get(json, "cells")))
        return json;
    json_decref(json);
    (void)error_set(error, ERROR_INPUT, "%s: schema: expected " SCHEMA ", as --accept writes it", path);
    return NULL;
}

// A member a line, sorted.
static void print_members(FILE *file, json_t *object)
{
    json_t *member;
    size_t count = 0;
    const char *key, **keys = calloc(json_object_size(object) + 1, sizeof(*keys));
    if (!keys)
        return;
    json_object_foreach(object, key, member) keys[count++] = key;
    qsort(keys, count, sizeof(*keys), compare_recorded_texts);
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "%s\n\"%s\": ", i > 0 ? "," : "", keys[i]);
        json_dumpf(json_object_get(object, keys[i]), file, JSON_REAL_PRECISION(10) | JSON_ENCODE_ANY);
    }
    free(keys);
}

static void print_baseline(FILE *file, const void *context)
{
    json_t *versions = json_object_get(context, "versions"), *world = json_object_get(context, "world");
    fputs("{\"schema\": \"" SCHEMA "\", \"cells\": {", file);
    print_members(file, json_object_get(context, "cells"));
    fputs("\n}", file);
    if (versions) {
        fputs(", \"versions\": {", file);
        print_members(file, versions);
        fputs("\n}", file);
    }
    if (json_is_object(world)) {
        fputs(", \"world\": {", file);
        print_members(file, world);
        fputs("\n}", file);
    }
    fputs("}\n", file);
}

bool baseline_write(const json_t *baseline, const char *path, struct error *error)
{
    return whole_file_print(path, print_baseline, baseline, error);
}
