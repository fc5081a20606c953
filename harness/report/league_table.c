#include "report/league_table.h"

#include <stdlib.h>
#include <string.h>

#define IS_INSIDE(byte) (((unsigned char)(byte) & 0xc0) == 0x80) // of a character of UTF-8

size_t league_rows_that_ran(const struct league *league)
{
    size_t count = 0;
    while (count < league->rows_count && league->rows[count].scenarios > 0)
        count++;
    return count;
}

void league_table_print(FILE *file, struct markdown_table *table)
{
    if (!table || !markdown_table_print(file, table))
        fputs("(out of memory for this table)\n", file);
    markdown_table_free(table);
}

void league_table_add_subject(struct markdown_table *table, const char *subject, bool differs)
{
    char *text = NULL;
    if (!differs || asprintf(&text, "%s " LEAGUE_BY_SEED, subject) < 0)
        text = NULL;
    markdown_table_add_text(table, text ? text : subject);
    free(text);
}

// Where the character number `width` begins; the end of a shorter text.
static size_t bytes_of_columns(const char *text, size_t width)
{
    size_t length = 0;
    for (size_t characters = 0; text[length]; length++)
        if (!IS_INSIDE(text[length]) && characters++ == width)
            break;
    return length;
}

void league_table_add_cut(struct markdown_table *table, const char *text, size_t width)
{
    char *cut = NULL;
    if (text[bytes_of_columns(text, width)] != '\0' &&
        asprintf(&cut, "%.*s\xe2\x80\xa6", (int)bytes_of_columns(text, width - 1), text) < 0)
        cut = NULL;
    markdown_table_add_text(table, cut ? cut : text);
    free(cut);
}
