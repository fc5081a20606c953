// Numbers out of JSON that somebody else may have written: looked at before anybody calculates with them, so
// that no sum, difference or unit overflows.
#ifndef HANGUP_BASE_JSON_NUMBER_H
#define HANGUP_BASE_JSON_NUMBER_H

#include "base/duration.h"

#include <jansson.h>

// Twice the longest scenario: a clean-up comes after it. As nanoseconds, and as the sum of a run's cells, it
// still fits into an int64_t.
#define JSON_TIME_MAX_US   (2 * DURATION_MAX_US)
#define JSON_MOMENT_MAX_US (4102444800 * US_PER_S) // 2100-01-01 UTC
#define JSON_COUNT_MAX     1000000000000           // 10^12, in 100,000 cells: 10^17

// From `low` to `high`, and a whole number. False: it is not, and `*number` is 0.
bool json_number_between(const json_t *json, int64_t low, int64_t high, int64_t *number);

bool json_number_count(const json_t *json, int64_t *count);         // 0 or more
bool json_number_time_us(const json_t *json, int64_t *time_us);     // on a cell's clock, before zero too
bool json_number_moment_us(const json_t *json, int64_t *moment_us); // of the wall clock, since 1970

// A number of milliseconds or seconds, rounded to microseconds: `unit_us` is US_PER_MS or US_PER_S.
bool json_number_duration(const json_t *json, int64_t unit_us, int64_t *duration_us);

// For what has been looked at before, or need not be right: `otherwise` for what is no time of a cell.
int64_t json_number_time_or(const json_t *json, int64_t otherwise);

#endif
