// Texts that came from outside, in Markdown: nothing in them is taken for markup.
#ifndef HANGUP_BASE_MARKDOWN_H
#define HANGUP_BASE_MARKDOWN_H

#include <stdio.h>

// `text` is one line. Also in a table's cell.
void markdown_print_text(FILE *file, const char *text);
// As code, in a fence longer than any inside; not in a table, which a '|' would end.
void markdown_print_code(FILE *file, const char *text);

#endif
