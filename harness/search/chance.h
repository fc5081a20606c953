// Choices that follow from a seed alone. Pure.
#ifndef HANGUP_SEARCH_CHANCE_H
#define HANGUP_SEARCH_CHANCE_H

#include <stdint.h>

struct chance {
    uint64_t state;
};

// Seeds that lie side by side give choices that have nothing to do with each other.
struct chance chance_of(uint64_t seed);
// From 0 to `bound` - 1; `bound` is above 0.
uint64_t chance_below(struct chance *chance, uint64_t bound);

#endif
