// Every cell of a league, pool by pool: its settings beside each other, as many as fit on a line.
#ifndef HANGUP_REPORT_LEAGUE_MATRIX_H
#define HANGUP_REPORT_LEAGUE_MATRIX_H

#include "result/league.h"

#include <stdio.h>

void league_matrix_print(FILE *file, const struct league *league);

#endif
