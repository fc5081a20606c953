// Durations as people write them ("350s", "10ms", "2h") and as the harness keeps them (microseconds).
#ifndef HANGUP_BASE_DURATION_H
#define HANGUP_BASE_DURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define US_PER_MS 1000LL
#define US_PER_S  1000000LL

// 10,000 h: more than a year, and a hundred thousand of them still fit into an int64_t.
#define DURATION_MAX_US (10000LL * 3600 * US_PER_S)

#define DURATION_TEXT_SIZE 40

// Units: us, ms, s, min, h. A unit is required, except for a plain 0. Never negative, at most
// DURATION_MAX_US. False: not a duration, and `*why` is a constant that says what was expected.
bool duration_parse(const char *text, int64_t *duration_us, const char **why);

// Exact, in the largest fitting unit of us, ms and s: "970s", "10ms", "1.5s". Never min or h, so that an
// expected and an actual time can be compared at a glance. Returns `text`.
char *duration_format(int64_t duration_us, char text[static DURATION_TEXT_SIZE]);

#endif
