// Which of two pools does better in a cell, for somebody who chooses one. Pure.
#ifndef HANGUP_RESULT_CHOOSE_H
#define HANGUP_RESULT_CHOOSE_H

#include "result/compare.h"

// Below 0: `left` does better. By impact; then by the writes that are lost or there twice; then by the
// operations that failed or were never answered; then by a delay that people notice. Not by recovery, which
// begins when a pool met its last disturbance: who met it later would lose by it. 0: nobody would notice a
// difference.
int choose_between(const struct cell_result *left, const struct cell_result *right);

struct choice_counts {
    size_t left, right, same; // scenarios, by who does better
};
// Of the cells that stand on both sides.
struct choice_counts choose_count(const struct comparison *comparison);

#endif
