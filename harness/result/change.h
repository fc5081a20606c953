// What two cells of one scenario and subject did differently: under another seed, or in another image. Pure.
#ifndef HANGUP_RESULT_CHANGE_H
#define HANGUP_RESULT_CHANGE_H

#include "result/result.h"

#include <stdbool.h>

enum change {
    CHANGE_NONE,
    CHANGE_WORDS,   // only the errors' texts
    CHANGE_FIGURES, // the same impact with other figures
    CHANGE_BETTER,  // of the impact
    CHANGE_WORSE,
    CHANGES,
};

enum change change_between(const struct cell_result *before, const struct cell_result *now);

// Times are the same when they differ by a tenth and 100 ms at most, as in a baseline.
bool change_is_same_value(enum metric metric, int64_t a, int64_t b);

// Whether chance alone does it: another impact, or another number of operations or writes that went wrong.
bool change_by_seed(const struct cell_result *cell, const struct cell_result *other);

#endif
