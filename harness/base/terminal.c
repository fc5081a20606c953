// Columns are characters; words are never broken.
#include "base/terminal.h"

#include "base/parse_uint.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define COLUMNS_MAX 100000

int terminal_width(FILE *out)
{
    uint64_t columns;
    struct winsize size;
    const char *asked = getenv("COLUMNS");
    if (asked != NULL && whole_number_parse(asked, 1, COLUMNS_MAX, &columns))
        return (int)columns;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return TERMINAL_ANY_WIDTH;
}

// Characters of UTF-8.
static int columns_of(const char *text, size_t length)
{
    int columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

void terminal_wrap(FILE *out, const char *line, size_t length, int column, int indent, int width)
{
    bool first = true; // in its line
    while (length > 0) {
        size_t blanks = 0, end;
        while (blanks < length && line[blanks] == ' ')
            blanks++;
        for (end = blanks; end < length && line[end] != ' ';)
            end++;
        int needed = columns_of(line, end);
        if (width != TERMINAL_ANY_WIDTH && !first && column + needed > width) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
            line += blanks, length -= blanks, end -= blanks;
            needed -= (int)blanks;
        }
        fwrite(line, 1, end, out);
        column += needed;
        line += end, length -= end;
        first = false;
    }
    fputc('\n', out);
}
