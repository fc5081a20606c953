// What a scenario can be reduced to in one step. Pure.
#ifndef HANGUP_SEARCH_SMALLER_H
#define HANGUP_SEARCH_SMALLER_H

#include "search/shape.h"

// Valid scenarios, the boldest step first: half of the entries, one entry, one property of the path; then
// smaller counts, shorter times and rounder moments. From whichever of them one goes on, it comes to an end.
// New reference; NULL: no memory.
json_t *search_smaller(const json_t *scenario);

#endif
