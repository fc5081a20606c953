// Where two traces of one cell part: the first event and the first packet that are not the same, side by
// side.
#ifndef HANGUP_RESULT_DIFFERENCE_H
#define HANGUP_RESULT_DIFFERENCE_H

#include "base/folder.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

// Each prints a few lines, or nothing where the two say the same. False: one cannot be read; `error` says
// why.
bool difference_of_events(
    const struct folder *stored, const struct folder *again, FILE *file, struct error *error) MUST_CHECK;
// `zero_us` is the scenario's zero on the packets' clock.
bool difference_of_packets(const struct folder *stored, const struct folder *again, int64_t zero_us,
    FILE *file, struct error *error) MUST_CHECK;

#endif
