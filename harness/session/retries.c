// A list: few operations of a workload are under way at once, and few workloads have any retries.
#include "session/retries.h"

#include "base/array.h"

#include <stdlib.h>

struct subject_attempts {
    const struct workload_item *item;
    int id, left;
};

bool subject_retries_add(struct subject_retries *retries, const struct workload_item *item, int id)
{
    if (item->retries == 0)
        return true;
    struct subject_attempts *grown = array_grow(retries->items, retries->count, sizeof(*grown));
    if (grown == NULL)
        return false;
    retries->items = grown;
    grown[retries->count++] = (struct subject_attempts){.item = item, .id = id, .left = item->retries};
    return true;
}

const struct workload_item *subject_retries_take(struct subject_retries *retries, int64_t id)
{
    for (size_t i = 0; i < retries->count; i++) {
        struct subject_attempts *attempts = &retries->items[i];
        if (attempts->id == id && attempts->left > 0) {
            attempts->left--;
            return attempts->item;
        }
    }
    return NULL;
}

void subject_retries_free(struct subject_retries *retries)
{
    free(retries->items);
    *retries = (struct subject_retries){.items = NULL};
}
