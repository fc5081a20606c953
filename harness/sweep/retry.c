// Made of the resolved form, as the cells of a sweep are.
#include "sweep/retry.h"

#include <stdio.h>
#include <stdlib.h>

const char *sweep_retry_name(enum sweep_retry retry)
{
    static const char *const names[] = {
        [SWEEP_RETRY_NONE] = NULL, [SWEEP_RETRY_PLAIN] = "plain", [SWEEP_RETRY_ONCE] = "once"};
    return names[retry];
}

const char *sweep_retry_words(enum sweep_retry retry)
{
    static const char *const words[] = {[SWEEP_RETRY_NONE] = "",
        [SWEEP_RETRY_PLAIN] = "A write that failed is done again",
        [SWEEP_RETRY_ONCE] = "A write that failed is done again, with an idempotency key"};
    return words[retry];
}

// How many operations are done again.
static size_t retry_writes(json_t *workload, enum sweep_retry retry)
{
    size_t i, writes = 0;
    json_t *item;
    json_array_foreach(workload, i, item)
    {
        enum operation operation;
        const char *name = json_string_value(json_object_get(item, "operation"));
        if (name == NULL || !operation_by_name(name, &operation) || !operation_can_be_once(operation))
            continue;
        writes++;
        json_object_set_new(item, "retries", json_integer(SWEEP_RETRIES));
        if (retry == SWEEP_RETRY_ONCE)
            json_object_set_new(item, "once", json_true());
    }
    return writes;
}

struct cell *sweep_retried(const struct cell *cell, enum sweep_retry retry, struct error *error)
{
    json_t *json = cell_to_json(cell);
    json_t *workload = json_object_get(json_object_get(json, "scenario"), "workload");
    if (json == NULL ||
        json_object_set_new(json, "cell", json_sprintf("%s--%s", cell->name, sweep_retry_name(retry))) != 0) {
        json_decref(json);
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    struct cell *made = NULL;
    if (retry_writes(workload, retry) == 0)
        error_set(error, ERROR_INPUT,
            "%s writes nothing that could be done again: expected insert, transaction or bulk",
            cell->scenario->name);
    else
        made = cell_from_json(json, error);
    json_decref(json);
    return made;
}
