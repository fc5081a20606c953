// What cells cost, in seconds of this kind of machine: recorded in a baseline, beside what they did. Shards
// are dealt by it, and --dry-run says it.
#ifndef HANGUP_RESULT_COST_H
#define HANGUP_RESULT_COST_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct cost_table {
    json_t *baseline;             // NULL: there is none
    json_t *scenarios, *subjects; // name: [sum, count]
    json_t *all;                  // [sum, count]
};

// Nothing is recorded where there is no such file, and of cells that were recorded without it. False:
// ERROR_INPUT, no baseline; nothing to close.
bool cost_table_open(struct cost_table *table, const char *path, struct error *error) MUST_CHECK;
void cost_table_close(struct cost_table *table);

bool cost_table_is_empty(const struct cost_table *table);
// What was recorded of this cell; else what its scenario and its subject cost otherwise; else 1.
double cost_table_s(const struct cost_table *table, const char *scenario, const char *subject, uint64_t seed);

#endif
