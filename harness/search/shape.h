// A scenario in its resolved form, as a search changes it. Pure.
#ifndef HANGUP_SEARCH_SHAPE_H
#define HANGUP_SEARCH_SHAPE_H

#include "scenario/scenario.h"

#include <stdbool.h>

// The value of an integer member; 0 where it is null or not there.
int64_t shape_get(const json_t *object, const char *key);
void shape_set(json_t *object, const char *key, int64_t value);

json_t *shape_faults(const json_t *scenario);
json_t *shape_workload(const json_t *scenario);
json_t *shape_network(const json_t *scenario);

// What the harness does: faults and items of the workload.
size_t shape_entries(const json_t *scenario);

// When the last fault is over and the last operation is sent.
int64_t shape_last_us(const json_t *scenario);

// Faults by time, as a file that is read has them.
void shape_sort_faults(json_t *scenario);

// Whether it is a scenario that could have been written.
bool shape_is_valid(const json_t *scenario);

#endif
