// Variants of a scenario: the path's jitter and loss, and the moment, kind, length and number of its faults,
// all of which follow from a seed. Pure.
#ifndef HANGUP_SEARCH_VARY_H
#define HANGUP_SEARCH_VARY_H

#include "search/shape.h"

// Moments at which a fault can make a difference: sweep/point.h.
struct search_moments {
    int64_t *at_us; // in order
    size_t count;
};

// `gently`: one thing is changed, else several may be. The form is a valid one. New reference; NULL: no
// memory.
json_t *search_vary(const json_t *scenario, const struct search_moments *moments, uint64_t seed, bool gently);

#endif
