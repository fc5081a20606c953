// Each point from the shard that has it.
#include "sweep/json.h"

#include <stdlib.h>
#include <string.h>

static bool check_every_shard(
    const struct sweep_file *parts, const char *const *names, size_t count, struct error *error)
{
    const unsigned shards = parts[0].shards;
    size_t *holders = calloc((size_t)shards + 1, sizeof(*holders)); // 1-based; 0: missing
    bool good = true;
    if (holders == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; good && i < count; i++) {
        size_t *holder = &holders[parts[i].shard <= shards ? parts[i].shard : 0];
        if (parts[i].shards != shards)
            good = error_set(error, ERROR_INPUT, "%s and %s are not shards of one sweep", names[0], names[i]);
        else if (*holder != 0)
            good = error_set(error, ERROR_INPUT, "%s and %s are both shard %u/%u", names[*holder - 1],
                names[i], parts[i].shard, shards);
        else
            *holder = i + 1;
    }
    for (unsigned shard = 1; good && shard <= shards; shard++)
        good = holders[shard] != 0 || error_set(error, ERROR_INPUT, "shard %u/%u is missing", shard, shards);
    free(holders);
    return good;
}

static bool same_title(const struct sweep_title *a, const struct sweep_title *b)
{
    return strcmp(a->scenario, b->scenario) == 0 && strcmp(a->who, b->who) == 0 &&
           strcmp(a->fault, b->fault) == 0 && strcmp(a->name, b->name) == 0 && a->seed == b->seed;
}

// One place, one moment: another machine that has the same world has the same packets.
static bool same_points(const struct sweep_points *a, const struct sweep_points *b)
{
    bool same = a->count == b->count && a->packets == b->packets;
    for (size_t i = 0; same && i < a->count; i++)
        same = a->items[i].at_us == b->items[i].at_us && strcmp(a->items[i].words, b->items[i].words) == 0;
    return same;
}

static bool same_sweep(const struct sweep *a, const struct sweep *b)
{
    return same_title(&a->title, &b->title) && a->retry == b->retry &&
           (a->unsupported != NULL) == (b->unsupported != NULL) && same_points(&a->points, &b->points) &&
           (a->unsupported != NULL || strcmp(a->classes.items[0].words, b->classes.items[0].words) == 0);
}

static bool check_same(
    const struct sweep_file *parts, const char *const *names, size_t count, struct error *error)
{
    for (size_t i = 1; i < count; i++) {
        bool same = parts[i].count == parts[0].count;
        for (size_t j = 0; same && j < parts[0].count; j++)
            same = same_sweep(&parts[0].sweeps[j], &parts[i].sweeps[j]);
        if (!same)
            return error_set(error, ERROR_INPUT,
                "%s and %s are not shards of one sweep: they swept something else, or its packets were others",
                names[0], names[i]);
    }
    return true;
}

static bool copy_frame(const struct sweep *from, struct sweep *to, struct error *error)
{
    const struct sweep_title *title = &from->title;
    const size_t room = from->points.count + 1;
    *to = (struct sweep){.retry = from->retry,
        .points = {.items = calloc(room, sizeof(*to->points.items)),
            .count = from->points.count,
            .packets = from->points.packets},
        .title = {.scenario = strdup(title->scenario),
            .who = strdup(title->who),
            .fault = strdup(title->fault),
            .given = title->given != NULL ? strdup(title->given) : NULL,
            .name = strdup(title->name),
            .seed = title->seed},
        .unsupported = from->unsupported != NULL ? strdup(from->unsupported) : NULL};
    if (to->points.items == NULL || to->title.scenario == NULL || to->title.who == NULL ||
        to->title.fault == NULL || to->title.name == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    memcpy(to->points.items, from->points.items, from->points.count * sizeof(*to->points.items));
    return from->unsupported != NULL || sweep_begin(to, from->classes.items[0].words, error);
}

static const struct sweep *holder_of(const struct sweep_file *parts, size_t count, size_t nth, size_t point)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].sweeps[nth].class_of[point] != SWEEP_NOT_RUN)
            return &parts[i].sweeps[nth];
    return NULL;
}

static bool join_points(
    const struct sweep_file *parts, size_t count, size_t nth, struct sweep *to, struct error *error)
{
    for (size_t point = 0; point < to->points.count; point++) {
        const struct sweep *from = holder_of(parts, count, nth, point);
        if (from == NULL)
            return error_set(error, ERROR_INPUT,
                "moment %zu of %s was not run: `hangup sweep ... --resume` runs what a shard has not", point,
                to->title.who);
        const struct sweep_outcome outcome = {.words = from->classes.items[from->class_of[point]].words,
            .took_us = from->took_us != NULL ? from->took_us[point] : SWEEP_TOOK_UNKNOWN};
        if (!sweep_take(to, point, &outcome, error))
            return false;
    }
    for (size_t i = 0; i < count; i++)
        to->doubled += parts[i].sweeps[nth].doubled;
    return true;
}

bool sweep_file_join(const struct sweep_file *parts, const char *const *names, size_t count,
    struct sweep_file *whole, struct error *error)
{
    *whole = (struct sweep_file){
        .sweeps = calloc(parts[0].count + 1, sizeof(*whole->sweeps)), .shard = 1, .shards = 1};
    if (whole->sweeps == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    bool good = check_every_shard(parts, names, count, error) && check_same(parts, names, count, error);
    for (size_t i = 0; good && i < parts[0].count; i++) {
        struct sweep *to = &whole->sweeps[whole->count++];
        good = copy_frame(&parts[0].sweeps[i], to, error) && join_points(parts, count, i, to, error);
    }
    return good;
}
