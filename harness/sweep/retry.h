// A cell whose application does again what it was told an error for. Pure.
#ifndef HANGUP_SWEEP_RETRY_H
#define HANGUP_SWEEP_RETRY_H

#include "plan/plan.h"

// At most: while the path is silent a retry fails as well.
#define SWEEP_RETRIES 10

enum sweep_retry {
    SWEEP_RETRY_NONE,
    SWEEP_RETRY_PLAIN, // each write, until it is through
    SWEEP_RETRY_ONCE,  // the same, with its key as an idempotency key
};

// "plain", "once"; NULL for none.
const char *sweep_retry_name(enum sweep_retry retry);

// What the application does: "A write that failed is done again"; an empty text for none.
const char *sweep_retry_words(enum sweep_retry retry);

// Owns its scenario: free it with cell_free. NULL: ERROR_INPUT where the workload writes nothing that could
// be done again, else ERROR_LAB.
struct cell *sweep_retried(const struct cell *cell, enum sweep_retry retry, struct error *error) MUST_CHECK;

#endif
