// What a cell did to the application, in a few words: "2 err, 1 hung, 973.5s", or a dot when clean.
#ifndef HANGUP_REPORT_LEAGUE_CELL_H
#define HANGUP_REPORT_LEAGUE_CELL_H

#include "result/result.h"

#include <stdio.h>

void league_cell_print(FILE *file, const struct cell_result *cell);
// The caller frees it. NULL: no memory.
char *league_cell_text(const struct cell_result *cell);

#endif
