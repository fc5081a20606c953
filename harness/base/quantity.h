// Numbers with a unit ("10ms", "0.1%", "10mbit"), read exactly: no floating point.
#ifndef HANGUP_BASE_QUANTITY_H
#define HANGUP_BASE_QUANTITY_H

#include <stdint.h>

struct quantity_unit {
    const char *name; // "ms"; "" for a plain number
    int64_t size;     // in the smallest unit
};

enum quantity_result {
    QUANTITY_OK,
    QUANTITY_MALFORMED, // not a number
    QUANTITY_NEGATIVE,
    QUANTITY_NO_UNIT,
    QUANTITY_UNKNOWN_UNIT,
    QUANTITY_TOO_FINE, // not a whole number of the smallest unit
    QUANTITY_TOO_LARGE,
    QUANTITY_RESULTS,
};

// Grammar: DIGITS[.DIGITS]UNIT, nothing else. `units` ends with a NULL name.
enum quantity_result quantity_parse(
    const char *text, const struct quantity_unit *units, int64_t maximum, int64_t *quantity);

#endif
