// What another image changes: the cells of two leagues held against each other. Pure.
#ifndef HANGUP_RESULT_UPGRADE_H
#define HANGUP_RESULT_UPGRADE_H

#include "result/change.h"
#include "result/league.h"

// A cell that both have, of the seed that is shown.
struct upgrade_cell {
    const struct cell_result *before, *now;
    enum change change;
    bool by_seed; // under another seed that both have, the image changes the impact in another way
};

// A pool and setting that both have.
struct upgrade_row {
    const struct league_row *before, *now;
    size_t first, cells; // its cells in struct upgrade, by scenario
    size_t changes[CHANGES];
    size_t by_seed;
};

struct upgrade {
    const struct league *before, *now;
    struct upgrade_cell *cells; // by subject, then by scenario
    size_t cells_count;
    struct upgrade_row *rows; // by subject
    size_t rows_count;
    size_t changes[CHANGES];
    size_t by_seed;
    size_t seeds;                 // that both have of a cell, at most; 1: nothing is known of others
    size_t only_before, only_now; // cells of the seed that is shown which the other does not have
};

// Both leagues are borrowed. NULL: no memory.
struct upgrade *upgrade_new(const struct league *before, const struct league *now);
void upgrade_free(struct upgrade *upgrade);

// Below 0: `a` matters more. Changes of impact before all others, the furthest step first.
int upgrade_rank(const struct upgrade_cell *a, const struct upgrade_cell *b);

// The changes that matter most, of each pool one for each step of impact; at most `most`. Returns how many
// are in `cells`; those of the same kind that are left out are counted in `alike`.
size_t upgrade_choose(
    const struct upgrade *upgrade, size_t most, const struct upgrade_cell **cells, size_t *alike);

#endif
