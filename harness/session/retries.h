// What the application does again when it was told an error: the operations of a workload with `retries`.
#ifndef HANGUP_SESSION_RETRIES_H
#define HANGUP_SESSION_RETRIES_H

#include "base/error.h"
#include "scenario/scenario.h"

struct subject_retries {
    struct subject_attempts *items; // owned
    size_t count;
};

// An operation that was sent; nothing is kept of one that is never done again. The item stays the scenario's.
bool subject_retries_add(
    struct subject_retries *retries, const struct workload_item *item, int id) MUST_CHECK;
// Takes one retry of the operation: what is to be sent again. NULL: there is none left.
const struct workload_item *subject_retries_take(struct subject_retries *retries, int64_t id);
void subject_retries_free(struct subject_retries *retries);

#endif
