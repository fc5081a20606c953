// What a scenario expects of a number: "0", "<3s", ">900s", "900s..1000s". The only comparison in the
// project.
#ifndef HANGUP_BASE_RANGE_H
#define HANGUP_BASE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

enum range_unit {
    RANGE_COUNT,    // whole numbers
    RANGE_DURATION, // microseconds, written with a unit
};

struct range {
    int64_t low, high; // both inclusive; INT64_MIN and INT64_MAX: open
};

#define RANGE_TEXT_SIZE 96

// Grammar: N | <N | <=N | >N | >=N | N..N (inclusive). False: `*why` is a constant that says what was
// expected.
bool range_parse(const char *text, enum range_unit unit, struct range *range, const char **why);
bool range_contains(struct range range, int64_t value);
// In the notation that range_parse reads. Returns `text`.
char *range_format(struct range range, enum range_unit unit, char text[static RANGE_TEXT_SIZE]);

#endif
