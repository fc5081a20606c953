// What the tables of the league's pages share.
#ifndef HANGUP_REPORT_LEAGUE_TABLE_H
#define HANGUP_REPORT_LEAGUE_TABLE_H

#include "base/markdown_table.h"
#include "result/league.h"

#include <stdio.h>

#define LEAGUE_COLUMNS 100            // no line of a table is longer
#define LEAGUE_BY_SEED "\xe2\x89\xa0" // beside what another seed changes

// Those that did not run stand at the end.
size_t league_rows_that_ran(const struct league *league);

// Frees the table, which may be NULL: no memory.
void league_table_print(FILE *file, struct markdown_table *table);
void league_table_add_subject(struct markdown_table *table, const char *subject, bool differs);
// Of a longer text the beginning.
void league_table_add_cut(struct markdown_table *table, const char *text, size_t width);

#endif
