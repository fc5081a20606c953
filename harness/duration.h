// Durations as people write them ("350s", "10ms", "2h") and as the harness keeps them (microseconds).
#ifndef HANGUP_DURATION_H
#define HANGUP_DURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define US_PER_MS 1000LL
#define US_PER_S  1000000LL

#define DURATION_TEXT_SIZE 32

// Units: us, ms, s, min, h. A unit is required, except for a plain 0. Never negative. False: not a duration,
// and `*why` is a constant that says what was expected.
bool duration_parse(const char *text, int64_t *duration_us, const char **why);

// The shortest text with the largest fitting unit: "970s", "10ms", "1.5s". Returns `text`.
char *duration_format(int64_t duration_us, char text[static DURATION_TEXT_SIZE]);

#endif
