// Verdict: which operation a row of the ledger belongs to.
#include "base/array.h"
#include "verdict/internal.h"

#include <stdlib.h>
#include <string.h>

static int compare_ids(const void *left, const void *right)
{
    int64_t a = ((const struct operation_fact *)left)->id, b = ((const struct operation_fact *)right)->id;
    return (a > b) - (a < b);
}

static int compare_trace_keys(const void *left, const void *right)
{
    return strcmp(((const struct key_fact *)left)->key, ((const struct key_fact *)right)->key);
}

static bool add_key(struct judgement *judgement, const char *key, struct operation_fact *operation)
{
    struct key_fact *grown = array_grow(judgement->keys, judgement->keys_count, sizeof(*grown));
    if (!grown) {
        judgement->out_of_memory = true;
        return false;
    }
    judgement->keys = grown;
    grown[judgement->keys_count++] = (struct key_fact){.key = key, .operation = operation};
    return true;
}

static void add_keys(struct judgement *judgement, struct operation_fact *operation)
{
    const json_t *event = json_array_get(judgement->evidence->events, operation->sent_index);
    const json_t *then = json_object_get(event, "then");
    if (!operation->key || !add_key(judgement, operation->key, operation))
        return;
    for (size_t i = 0; i < json_array_size(then); i++) {
        const char *key = json_string_value(json_array_get(then, i));
        if (!key)
            judgement_error(judgement, "events.jsonl:%zu: then: expected keys", operation->sent_index + 1);
        else if (!add_key(judgement, key, operation))
            return;
    }
}

void judgement_sort_operations(struct judgement *judgement)
{
    size_t count = judgement->operations_count;
    qsort(judgement->operations, count, sizeof(*judgement->operations), compare_ids);
    for (size_t i = 0; i < count; i++)
        add_keys(judgement, &judgement->operations[i]);
    if (judgement->keys_count > 0)
        qsort(judgement->keys, judgement->keys_count, sizeof(*judgement->keys), compare_trace_keys);
    for (size_t i = 1; i < count; i++)
        if (judgement->operations[i].id == judgement->operations[i - 1].id)
            judgement_error(judgement, "events.jsonl: operation %lld was sent twice",
                (long long)judgement->operations[i].id);
    for (size_t i = 1; i < judgement->keys_count; i++) {
        if (strcmp(judgement->keys[i].key, judgement->keys[i - 1].key) == 0)
            judgement_error(
                judgement, "events.jsonl: two operations have the key %s", judgement->keys[i].key);
    }
}

struct operation_fact *judgement_operation_of_id(const struct judgement *judgement, int64_t id)
{
    struct operation_fact wanted = {.id = id};
    return bsearch(&wanted, judgement->operations, judgement->operations_count, sizeof(wanted), compare_ids);
}

struct operation_fact *judgement_operation_of_key(const struct judgement *judgement, const char *key)
{
    struct key_fact wanted = {.key = key};
    const struct key_fact *found = judgement->keys_count == 0
                                       ? NULL
                                       : bsearch(&wanted, judgement->keys, judgement->keys_count,
                                             sizeof(wanted), compare_trace_keys);
    return found ? found->operation : NULL;
}
