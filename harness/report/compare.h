// A comparison, shown. Pure.
#ifndef HANGUP_REPORT_COMPARE_H
#define HANGUP_REPORT_COMPARE_H

#include "result/compare.h"

#include <jansson.h>
#include <stdio.h>

// A Markdown table of the cells that differ, or of all, and a line with the counts. False: no memory.
bool report_compare_print(FILE *file, const struct comparison *comparison, bool all) MUST_CHECK;
// {"schema": "hangup-compare/1", "agrees", ..., "rows": [...]}. NULL: no memory.
json_t *report_compare_to_json(const struct comparison *comparison);

#endif
