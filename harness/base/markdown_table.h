// A table that reads well as plain text and is Markdown: the columns are as wide as what stands in them.
#ifndef HANGUP_BASE_MARKDOWN_TABLE_H
#define HANGUP_BASE_MARKDOWN_TABLE_H

#include "base/error.h"

#include <stdio.h>

struct markdown_table;

// `titles` ends with NULL; a title that begins with '>' is that of a column whose numbers stand to the right.
// NULL: no memory.
struct markdown_table *markdown_table_new(const char *const *titles);
void markdown_table_free(struct markdown_table *table);

// The next cell, row by row; '|' is escaped. The second form takes a text that came from outside, in which
// nothing is markup. What memory does not suffice for is left out, and printing
// fails.
void markdown_table_add(struct markdown_table *table, const char *format, ...) PRINTF_LIKE(2, 3);
void markdown_table_add_text(struct markdown_table *table, const char *text);
// Of its lines, in columns.
int markdown_table_width(const struct markdown_table *table);
// False: no memory for one of its cells. Nothing is printed then.
bool markdown_table_print(FILE *file, const struct markdown_table *table) MUST_CHECK;

#endif
