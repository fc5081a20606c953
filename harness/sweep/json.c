// What was written is read as strictly as anything else: somebody may have changed it.
#include "sweep/json.h"

#include "base/array.h"
#include "base/json_number.h"
#include "base/parse_uint.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA "hangup-sweep/1"

bool sweep_file_has(const struct sweep_file *file, size_t point)
{
    return point % file->shards == file->shard - 1;
}

static json_t *classes_to_json(const struct sweep *sweep)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sweep->classes.count; i++)
        json_array_append_new(list, json_pack("{s:s, s:I}", "outcome", sweep->classes.items[i].words,
                                        "points", (json_int_t)sweep->classes.items[i].count));
    return list;
}

static json_t *points_to_json(const struct sweep *sweep)
{
    json_t *list = json_array();
    char dir[SWEEP_DIR_SIZE];
    for (size_t i = 0; i < sweep->points.count; i++) {
        const size_t class = sweep->class_of[i];
        json_t *point = json_pack("{s:I, s:s, s:o, s:s}", "at_us", (json_int_t)sweep->points.items[i].at_us,
            "after", sweep->points.items[i].words, "outcome",
            class == SWEEP_NOT_RUN ? json_null() : json_integer((json_int_t) class), "dir",
            sweep_point_dir(sweep, i, dir));
        if (sweep->took_us != NULL && class != SWEEP_NOT_RUN)
            json_object_set_new(point, "took_us", json_integer((json_int_t)sweep->took_us[i]));
        json_array_append_new(list, point);
    }
    return list;
}

static json_t *sweep_to_json(const struct sweep *sweep)
{
    const struct sweep_title *title = &sweep->title;
    return json_pack("{s:s, s:s, s:s, s:s, s:s*, s:I, s:s?, s:I, s:s?, s:I, s:o, s:o}", "scenario",
        title->scenario, "subject", title->who, "cell", title->name, "fault", title->fault, "given",
        title->given, "seed", (json_int_t)title->seed, "retry", sweep_retry_name(sweep->retry), "doubled",
        (json_int_t)sweep->doubled, "unsupported", sweep->unsupported, "packets",
        (json_int_t)sweep->points.packets, "outcomes", classes_to_json(sweep), "points",
        points_to_json(sweep));
}

json_t *sweep_file_to_json(const struct sweep_file *file)
{
    json_t *list = json_array(), *json = json_pack("{s:s}", "schema", SCHEMA);
    if (file->shards > 1)
        json_object_set_new(json, "shard", json_sprintf("%u/%u", file->shard, file->shards));
    for (size_t i = 0; i < file->count; i++)
        json_array_append_new(list, sweep_to_json(&file->sweeps[i]));
    if (json_object_set_new(json, "sweeps", list) == 0 && json_array_size(list) == file->count)
        return json;
    json_decref(json);
    return NULL;
}

static bool copy_member(const json_t *json, const char *member, char **copy)
{
    const char *text = json_string_value(json_object_get(json, member));
    *copy = text != NULL ? strdup(text) : NULL;
    return *copy != NULL;
}

static bool read_sweep_count(const json_t *json, const char *member, size_t most, size_t *count)
{
    int64_t number;
    bool read = json_number_between(json_object_get(json, member), 0, (int64_t)most, &number);
    *count = (size_t)number;
    return read;
}

static bool read_title(const json_t *json, struct sweep *sweep)
{
    const json_t *seed = json_object_get(json, "seed");
    struct sweep_title *title = &sweep->title;
    title->seed = (uint64_t)json_integer_value(seed);
    return json_is_integer(seed) && copy_member(json, "scenario", &title->scenario) &&
           copy_member(json, "subject", &title->who) && copy_member(json, "fault", &title->fault) &&
           (json_object_get(json, "given") == NULL || copy_member(json, "given", &title->given)) &&
           copy_member(json, "cell", &title->name) && folder_name_is_plain(title->name);
}

static bool read_retry(const json_t *json, struct sweep *sweep)
{
    const json_t *retry = json_object_get(json, "retry"), *why = json_object_get(json, "unsupported");
    for (sweep->retry = SWEEP_RETRY_NONE; sweep->retry <= SWEEP_RETRY_ONCE; sweep->retry++) {
        const char *name = sweep_retry_name(sweep->retry), *text = json_string_value(retry);
        if (name != NULL && text != NULL ? strcmp(name, text) == 0 : name == text)
            return json_is_null(why) || copy_member(json, "unsupported", &sweep->unsupported);
    }
    return false;
}

// The number of its cell: a sweep of later moments does not begin with 0.
static bool read_point_number(const json_t *item, const char *name, size_t *number)
{
    const char *dir = json_string_value(json_object_get(item, "dir"));
    const size_t length = strlen(name);
    uint64_t read;
    if (dir == NULL || strncmp(dir, name, length) != 0 || strncmp(dir + length, "--", 2) != 0 ||
        !whole_number_parse(dir + length + 2, 0, JSON_COUNT_MAX, &read))
        return false;
    *number = (size_t)read;
    return true;
}

static bool read_sweep_points(const json_t *list, struct sweep *sweep)
{
    size_t i;
    json_t *item;
    struct sweep_points *points = &sweep->points;
    points->items = calloc(json_array_size(list) + 1, sizeof(*points->items));
    json_array_foreach(list, i, item)
    {
        const char *words = json_string_value(json_object_get(item, "after"));
        if (points->items == NULL || words == NULL || strlen(words) >= SWEEP_WORDS_SIZE ||
            !json_number_time_us(json_object_get(item, "at_us"), &points->items[i].at_us) ||
            !read_point_number(item, sweep->title.name, &points->items[i].number))
            return false;
        memcpy(points->items[i].words, words, strlen(words) + 1);
        points->count++;
    }
    return json_is_array(list) && points->items != NULL;
}

// Of the points that were run, in their order, so that the classes are in theirs.
static bool read_outcomes(
    const json_t *points, const json_t *outcomes, struct sweep *sweep, struct error *error)
{
    size_t i, place;
    json_t *item;
    json_array_foreach(points, i, item)
    {
        if (json_is_null(json_object_get(item, "outcome")))
            continue;
        struct sweep_outcome outcome = {.took_us = SWEEP_TOOK_UNKNOWN};
        if (!read_sweep_count(item, "outcome", json_array_size(outcomes), &place))
            return false;
        outcome.words = json_string_value(json_object_get(json_array_get(outcomes, place), "outcome"));
        if (json_object_get(item, "took_us") != NULL &&
            !json_number_time_us(json_object_get(item, "took_us"), &outcome.took_us))
            return false;
        if (outcome.words == NULL || !sweep_take(sweep, i, &outcome, error))
            return false;
    }
    return true;
}

static bool sweep_from_json(const json_t *json, struct sweep *sweep, struct error *error)
{
    const json_t *outcomes = json_object_get(json, "outcomes"), *points = json_object_get(json, "points");
    const char *calm = json_string_value(json_object_get(json_array_get(outcomes, 0), "outcome"));
    if (!read_title(json, sweep) || !read_retry(json, sweep) ||
        !read_sweep_count(json, "packets", JSON_COUNT_MAX, &sweep->points.packets) ||
        !read_sweep_points(points, sweep))
        return false;
    if (sweep->unsupported != NULL)
        return sweep->points.count == 0;
    return calm != NULL && sweep_begin(sweep, calm, error) && read_outcomes(points, outcomes, sweep, error) &&
           read_sweep_count(json, "doubled", sweep->points.count, &sweep->doubled);
}

static bool read_shard(const json_t *json, struct sweep_file *file)
{
    const json_t *shard = json_object_get(json, "shard");
    file->shard = file->shards = 1;
    if (shard == NULL)
        return true;
    const char *text = json_string_value(shard);
    return text != NULL && shard_parse(text, &file->shard, &file->shards) && file->shards > 1;
}

bool sweep_file_from_json(const json_t *json, struct sweep_file *file, struct error *error)
{
    const char *schema = json_string_value(json_object_get(json, "schema"));
    const json_t *list = json_object_get(json, "sweeps");
    *file = (struct sweep_file){.sweeps = calloc(json_array_size(list) + 1, sizeof(*file->sweeps))};
    if (file->sweeps == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    bool good = schema != NULL && strcmp(schema, SCHEMA) == 0 && read_shard(json, file);
    while (good && file->count < json_array_size(list)) {
        const json_t *sweep = json_array_get(list, file->count);
        good = sweep_from_json(sweep, &file->sweeps[file->count++], error);
    }
    return (good && file->count > 0) ||
           error_set(error, ERROR_INPUT, SWEEP_FILE ": not as this hangup writes it");
}

struct sweep *sweep_file_add(struct sweep_file *file, struct error *error)
{
    struct sweep *grown = array_grow(file->sweeps, file->count, sizeof(*grown));
    if (grown == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    file->sweeps = grown;
    file->sweeps[file->count] = (struct sweep){.retry = SWEEP_RETRY_NONE};
    return &file->sweeps[file->count++];
}

void sweep_file_drop_empty(struct sweep_file *file, size_t from)
{
    size_t kept = from;
    for (size_t i = from; i < file->count; i++)
        if (file->sweeps[i].points.count > file->sweeps[i].not_run)
            file->sweeps[kept++] = file->sweeps[i];
        else
            sweep_free(&file->sweeps[i]);
    file->count = kept;
}

void sweep_file_free(struct sweep_file *file)
{
    for (size_t i = 0; i < file->count; i++)
        sweep_free(&file->sweeps[i]);
    free(file->sweeps);
    *file = (struct sweep_file){0};
}
