// The user's own bar: what no cell may show, whatever its class is expected to do (`hangup run --fail-on`).
// Pure.
#ifndef HANGUP_RESULT_BAR_H
#define HANGUP_RESULT_BAR_H

#include "result/result.h"

#include <stdio.h>

#define BAR_DEMANDS_MAX 32

enum bar_kind {
    BAR_METRIC, // it lies in the range
    BAR_SKIP,   // the cell was skipped
    BAR_WORSE,  // its impact is worse than the best that any pool can have
    BAR_STUCK,  // its impact is stuck
};

struct bar_demand {
    enum bar_kind kind;
    enum metric metric;
    struct range range;
    char text[64]; // as the user wrote it
};

struct bar {
    struct bar_demand demands[BAR_DEMANDS_MAX];
    size_t count; // 0: there is none
};

// "errors,hung,never,delay>5s,skip": a metric's name alone stands for more than none of it; with a comparison
// for what lies there; `never` for a recovery that never came. ERROR_INPUT says what was expected.
bool bar_parse(struct bar *bar, const char *text, struct error *error) MUST_CHECK;

// Negative controls are not held to it. NULL: the cell is above the bar.
const struct bar_demand *bar_breach(const struct bar *bar, const struct cell_result *cell);

// Notes at each cell that is not which demand it met, for the reports.
void bar_mark(const struct bar *bar, struct run_result *result);

// A line for each cell that is not. Returns how many.
size_t bar_print(const struct bar *bar, const struct run_result *result, FILE *file);

#endif
