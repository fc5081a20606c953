// A Markdown table with aligned columns.
#include "base/markdown_table.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

// An underscore inside a word is none.
#define MARKUP "\\`*[]<>|&~"

struct markdown_table {
    char **cells; // row by row, the titles first
    size_t columns, count;
    bool *to_the_right;
    bool incomplete; // memory did not suffice
};

// A backslash before each of these characters.
static char *escaped(const char *text, const char *characters)
{
    char *copy = malloc(2 * strlen(text) + 1), *end = copy;
    for (; copy && *text; text++) {
        if (strchr(characters, *text))
            *end++ = '\\';
        *end++ = *text;
    }
    if (copy)
        *end = '\0';
    return copy;
}

static void add_markdown_cell(struct markdown_table *table, const char *text, const char *characters)
{
    char **grown = array_grow(table->cells, table->count, sizeof(*grown));
    char *cell = grown && text ? escaped(text, characters) : NULL;
    if (grown)
        table->cells = grown;
    if (cell)
        grown[table->count++] = cell;
    else
        table->incomplete = true;
}

struct markdown_table *markdown_table_new(const char *const *titles)
{
    struct markdown_table *table = calloc(1, sizeof(*table));
    while (table && titles[table->columns])
        table->columns++;
    if (table)
        table->to_the_right = calloc(table->columns + 1, sizeof(*table->to_the_right));
    for (size_t i = 0; table && table->to_the_right && i < table->columns; i++) {
        table->to_the_right[i] = titles[i][0] == '>';
        add_markdown_cell(table, titles[i] + table->to_the_right[i], MARKUP);
    }
    if (table && table->to_the_right)
        return table;
    free(table);
    return NULL;
}

void markdown_table_free(struct markdown_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table->to_the_right);
    free(table);
}

void markdown_table_add(struct markdown_table *table, const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    add_markdown_cell(table, text, "|");
    free(text);
}

void markdown_table_add_text(struct markdown_table *table, const char *text)
{
    add_markdown_cell(table, text, MARKUP);
}

// Of UTF-8, whose characters are all one column wide here.
static int characters(const char *text)
{
    int count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static int width_of(const struct markdown_table *table, size_t column)
{
    int width = 3; // the least that a line of dashes may have
    for (size_t i = column; i < table->count; i += table->columns) {
        int wanted = characters(table->cells[i]);
        width = wanted > width ? wanted : width;
    }
    return width;
}

int markdown_table_width(const struct markdown_table *table)
{
    int width = 1;
    for (size_t i = 0; i < table->columns; i++)
        width += width_of(table, i) + 3;
    return width;
}

static void print_markdown_row(
    FILE *file, const struct markdown_table *table, char *const *cells, const int *widths)
{
    for (size_t i = 0; i < table->columns; i++) {
        int space = widths[i] - characters(cells[i]), before = table->to_the_right[i] ? space : 0;
        fprintf(file, "| %*s%s%*s ", before, "", cells[i], space - before, "");
    }
    fputs("|\n", file);
}

static void print_rule(FILE *file, const struct markdown_table *table, const int *widths)
{
    for (size_t i = 0; i < table->columns; i++) {
        fputs("|-", file);
        for (int j = 0; j < widths[i]; j++)
            fputc('-', file);
        fputc(table->to_the_right[i] ? ':' : '-', file);
    }
    fputs("|\n", file);
}

bool markdown_table_print(FILE *file, const struct markdown_table *table)
{
    int *widths = calloc(table->columns + 1, sizeof(*widths));
    bool whole = widths && !table->incomplete;
    for (size_t i = 0; whole && i < table->columns; i++)
        widths[i] = width_of(table, i);
    for (size_t i = 0; whole && i + table->columns <= table->count; i += table->columns) {
        print_markdown_row(file, table, table->cells + i, widths);
        if (i == 0)
            print_rule(file, table, widths);
    }
    free(widths);
    return whole;
}
