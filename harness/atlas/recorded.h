// What products did, recorded (results/baseline/IMAGE.json), one cell at a time: what a setting cures, costs
// and leaves.
#ifndef HANGUP_ATLAS_RECORDED_H
#define HANGUP_ATLAS_RECORDED_H

#include "base/error.h"
#include "subject/subject.h"

#include <jansson.h>
#include <stdint.h>

struct recorded_cell {
    int64_t ops, errors, hung, lost, duplicated, pings;
    int64_t delay_us; // INT64_MAX: for ever
};

// NULL: ERROR_INPUT; a file that is not there is one too.
json_t *recorded_read(const char *path, struct error *error) MUST_CHECK;

// What is recorded of the default image, in results/baseline.
json_t *recorded_read_in(const char *folder, struct error *error) MUST_CHECK;

// The cell of the default seed. False: nothing is recorded.
bool recorded_cell_of(const json_t *recorded, const char *scenario, const char *subject, const char *strategy,
    struct recorded_cell *cell);

// Less than 0: `a` did better. First what it did to the data, then what hung, failed, and waited, by the
// second.
int recorded_compare(const struct recorded_cell *a, const struct recorded_cell *b);

// Whether nothing failed, and everything was answered within the time, beside its own work.
bool recorded_holds(const struct recorded_cell *cell, int64_t within_us);

// Health checks for each operation where nothing fails, in thousandths; -1: not recorded.
int64_t recorded_price(const json_t *recorded, const struct subject *subject, const char *strategy);

#endif
