// Delta debugging (Zeller, Hildebrandt 2002) over entries first, then over their amounts.
#include "search/smaller.h"

#include "base/duration.h"

#include <string.h>

#define FIRST_US US_PER_S // where a timeline begins that is moved forward

struct smaller {
    const json_t *scenario;
    json_t *found;
};

static bool is_offered(const json_t *found, const json_t *candidate)
{
    size_t i;
    json_t *other;
    json_array_foreach(found, i, other)
    {
        if (json_equal(other, candidate))
            return true;
    }
    return false;
}

// Takes over `candidate`. One that is there already would be a cell of the same name, in the same folder.
static void offer_smaller(struct smaller *smaller, json_t *candidate)
{
    shape_sort_faults(candidate);
    if (shape_is_valid(candidate) && !is_offered(smaller->found, candidate))
        json_array_append(smaller->found, candidate);
    json_decref(candidate);
}

// Without `count` entries of the list from `from` on.
static void offer_without(struct smaller *smaller, const char *list, size_t from, size_t count)
{
    json_t *candidate = json_deep_copy(smaller->scenario), *entries = json_object_get(candidate, list);
    for (size_t i = 0; i < count; i++)
        json_array_remove(entries, from);
    offer_smaller(smaller, candidate);
}

// A workload keeps one item at least: without it there is nobody to be told anything.
static void offer_fewer(struct smaller *smaller, const char *list, size_t keep)
{
    size_t total = json_array_size(json_object_get(smaller->scenario, list));
    if (total >= 4) {
        offer_without(smaller, list, 0, total / 2);
        offer_without(smaller, list, total / 2, total - total / 2);
    }
    for (size_t i = total; i-- > 0 && total > keep;)
        offer_without(smaller, list, i, 1);
}

static void offer_calmer_path(struct smaller *smaller)
{
    static const char *const words[] = {
        "loss_ppm", "jitter_us", "duplicate_ppm", "reorder_ppm", "corrupt_ppm", "rate_bps"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (shape_get(shape_network(smaller->scenario), words[i]) == 0)
            continue;
        json_t *candidate = json_deep_copy(smaller->scenario);
        shape_set(shape_network(candidate), words[i], 0);
        offer_smaller(smaller, candidate);
    }
    if (json_is_object(json_object_get(shape_network(smaller->scenario), "flow_table"))) {
        json_t *candidate = json_deep_copy(smaller->scenario);
        json_object_set_new(shape_network(candidate), "flow_table", json_null());
        offer_smaller(smaller, candidate);
    }
}

static void offer_value(
    struct smaller *smaller, const char *list, size_t index, const char *key, int64_t value)
{
    json_t *candidate = json_deep_copy(smaller->scenario);
    shape_set(json_array_get(json_object_get(candidate, list), index), key, value);
    offer_smaller(smaller, candidate);
}

// The last ones only, at their own moments.
static void offer_last(struct smaller *smaller, size_t index, const json_t *item, int64_t fewer)
{
    json_t *candidate = json_deep_copy(smaller->scenario);
    json_t *last = json_array_get(shape_workload(candidate), index);
    shape_set(last, "at_us",
        shape_get(item, "at_us") + (shape_get(item, "count") - fewer) * shape_get(item, "every_us"));
    shape_set(last, "count", fewer);
    offer_smaller(smaller, candidate);
}

static void offer_lower_counts(struct smaller *smaller)
{
    size_t i;
    json_t *item;
    json_array_foreach(shape_workload(smaller->scenario), i, item)
    {
        int64_t count = shape_get(item, "count");
        for (int64_t fewer = 1; fewer < count; fewer = fewer * 2) {
            offer_value(smaller, "workload", i, "count", fewer);
            offer_last(smaller, i, item, fewer);
        }
        if (count > 2 && ((count - 1) & (count - 2)) != 0) // no power of two, which is offered already
            offer_value(smaller, "workload", i, "count", count - 1);
    }
}

static void offer_smaller_pool(struct smaller *smaller)
{
    static const char *const words[] = {"size", "workers"};
    for (size_t i = 0; i < 2; i++) {
        if (shape_get(json_object_get(smaller->scenario, "pool"), words[i]) <= 1)
            continue;
        json_t *candidate = json_deep_copy(smaller->scenario);
        shape_set(json_object_get(candidate, "pool"), words[i], 1);
        offer_smaller(smaller, candidate);
    }
}

// Round lengths below the one that is.
static void offer_shorter(struct smaller *smaller, const char *list, const char *key)
{
    static const int64_t lengths_us[] = {
        US_PER_S, 5 * US_PER_S, 20 * US_PER_S, 60 * US_PER_S, 300 * US_PER_S};
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(smaller->scenario, list), i, entry)
    {
        for (size_t j = 0; j < sizeof(lengths_us) / sizeof(lengths_us[0]); j++)
            if (lengths_us[j] < shape_get(entry, key))
                offer_value(smaller, list, i, key, lengths_us[j]);
    }
}

static void move_all(json_t *list, int64_t by_us)
{
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        shape_set(entry, "at_us", shape_get(entry, "at_us") - by_us);
    }
}

static int64_t first_of(const json_t *list, int64_t first_us)
{
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        first_us = shape_get(entry, "at_us") < first_us ? shape_get(entry, "at_us") : first_us;
    }
    return first_us;
}

// The calm before it all, without changing what happens when after what.
static void offer_earlier(struct smaller *smaller)
{
    int64_t by_us = first_of(shape_faults(smaller->scenario),
                        first_of(shape_workload(smaller->scenario), INT64_MAX)) -
                    FIRST_US;
    if (by_us <= 0)
        return;
    json_t *candidate = json_deep_copy(smaller->scenario);
    move_all(shape_faults(candidate), by_us);
    move_all(shape_workload(candidate), by_us);
    shape_set(candidate, "run_for_us", shape_get(candidate, "run_for_us") - by_us);
    offer_smaller(smaller, candidate);
}

static void offer_rounder_moments(struct smaller *smaller)
{
    static const int64_t units_us[] = {US_PER_S, 100 * US_PER_MS, 10 * US_PER_MS, US_PER_MS, 100};
    size_t i;
    json_t *fault;
    json_array_foreach(shape_faults(smaller->scenario), i, fault)
    {
        int64_t at_us = shape_get(fault, "at_us");
        for (size_t j = 0; j < sizeof(units_us) / sizeof(units_us[0]) && at_us % units_us[j] != 0; j++) {
            offer_value(smaller, "faults", i, "at_us", at_us - at_us % units_us[j]);
            offer_value(smaller, "faults", i, "at_us", at_us - at_us % units_us[j] + units_us[j]);
        }
    }
}

json_t *search_smaller(const json_t *scenario)
{
    struct smaller smaller = {.scenario = scenario, .found = json_array()};
    if (smaller.found == NULL)
        return NULL;
    offer_fewer(&smaller, "faults", 0);
    offer_calmer_path(&smaller);
    offer_fewer(&smaller, "workload", 1);
    offer_lower_counts(&smaller);
    offer_smaller_pool(&smaller);
    offer_shorter(&smaller, "faults", "for_us");
    offer_shorter(&smaller, "workload", "takes_us");
    offer_shorter(&smaller, "workload", "pause_us");
    offer_earlier(&smaller);
    offer_rounder_moments(&smaller);
    return smaller.found;
}
