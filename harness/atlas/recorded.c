// Reading recorded cells.
#include "atlas/recorded.h"

#include "base/duration.h"
#include "base/json_file.h"
#include "base/json_number.h"
#include "base/path.h"
#include "scenario/metric.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA     "hangup-baseline/1"
#define SEED       7
#define PRICE_CELL "steady/price"
#define PER_MILLE  1000
#define SOON_US    (100 * US_PER_MS) // times that differ less are the same

json_t *recorded_read(const char *path, struct error *error)
{
    json_t *json = json_file_read(path, ERROR_INPUT, error);
    const char *schema = json_string_value(json_object_get(json, "schema"));
    if (json != NULL && schema != NULL && strcmp(schema, SCHEMA) == 0 &&
        json_is_object(json_object_get(json, "cells")))
        return json;
    if (json != NULL)
        error_set(error, ERROR_INPUT, "%s: schema: expected " SCHEMA, path);
    json_decref(json);
    return NULL;
}

json_t *recorded_read_in(const char *folder, struct error *error)
{
    // The images that `run` takes where none is named, in its order.
    static const char *const images[] = {"debian-13-peers", "debian-13"};
    json_t *recorded = NULL;
    for (size_t i = 0; recorded == NULL && i < sizeof(images) / sizeof(images[0]); i++) {
        char path[PATH_MAX];
        recorded = recorded_read(path_format(path, "%s/%s.json", folder, images[i]), error);
    }
    return recorded;
}

static int64_t count_of(const json_t *cell, enum metric metric)
{
    int64_t count;
    return json_number_count(json_object_get(cell, metric_json_name(metric)), &count) ? count : 0;
}

bool recorded_cell_of(const json_t *recorded, const char *scenario, const char *subject, const char *strategy,
    struct recorded_cell *cell)
{
    char *key = NULL;
    if (recorded == NULL || asprintf(&key, "%s %s:%s %d", scenario, subject, strategy, SEED) < 0)
        return false;
    const json_t *json = json_object_get(json_object_get(recorded, "cells"), key);
    free(key);
    if (!json_is_object(json))
        return false;
    const json_t *delay = json_object_get(json, metric_json_name(METRIC_DELAY));
    *cell = (struct recorded_cell){.ops = count_of(json, METRIC_OPS),
        .errors = count_of(json, METRIC_ERRORS),
        .hung = count_of(json, METRIC_HUNG),
        .lost = count_of(json, METRIC_LOST),
        .duplicated = count_of(json, METRIC_DUPLICATED),
        .pings = count_of(json, METRIC_PINGS),
        .delay_us = json_is_number(delay)   ? (int64_t)(json_number_value(delay) * US_PER_MS)
                    : json_is_string(delay) ? INT64_MAX
                                            : 0};
    return true;
}

static int compare_recorded_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int recorded_compare(const struct recorded_cell *a, const struct recorded_cell *b)
{
    const int order[] = {compare_recorded_numbers(a->lost + a->duplicated, b->lost + b->duplicated),
        compare_recorded_numbers(a->hung, b->hung), compare_recorded_numbers(a->errors, b->errors)};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        if (order[i] != 0)
            return order[i];
    int64_t nearer = a->delay_us < b->delay_us ? a->delay_us : b->delay_us,
            farther = a->delay_us < b->delay_us ? b->delay_us : a->delay_us;
    return farther - nearer <= SOON_US ? 0 : compare_recorded_numbers(a->delay_us, b->delay_us);
}

bool recorded_holds(const struct recorded_cell *cell, int64_t within_us)
{
    return cell->errors == 0 && cell->hung == 0 && cell->lost == 0 && cell->duplicated == 0 &&
           cell->delay_us <= within_us;
}

int64_t recorded_price(const json_t *recorded, const struct subject *subject, const char *strategy)
{
    struct recorded_cell cell;
    if (!recorded_cell_of(recorded, PRICE_CELL, subject->name, strategy, &cell) || cell.ops == 0)
        return -1;
    return cell.pings * PER_MILLE / cell.ops;
}
