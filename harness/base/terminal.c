// Columns are characters; words are never broken.
#include "base/terminal.h"

#include "base/parse_uint.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define COLUMNS_MAX 100000
#define GOES_ON     " \\" // a command, in the next line

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
    bool first = column <= indent; // in its line: nothing is gained by a break
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

void terminal_print(FILE *out, const char *text, int column, int indent, int width)
{
    terminal_wrap(out, text, strlen(text), column, indent, width);
}

// Up to the next space that is not between single quotes.
static size_t shell_word_length(const char *command)
{
    size_t length = 0;
    for (bool quoted = false; command[length] != '\0' && (quoted || command[length] != ' '); length++)
        if (command[length] == '\'')
            quoted = !quoted;
        else if (!quoted && command[length] == '\\' && command[length + 1] != '\0')
            length++;
    return length;
}

void terminal_command(FILE *out, const char *command, int column, int indent, int width)
{
    for (const char *word = command, *next; *word != '\0'; word = next) {
        size_t length = shell_word_length(word);
        next = word + length + strspn(word + length, " ");
        int needed = columns_of(word, length) + (*next != '\0' ? (int)strlen(GOES_ON) : 0);
        if (word > command && width != TERMINAL_ANY_WIDTH && column + 1 + needed > width) {
            fprintf(out, GOES_ON "\n%*s", indent, "");
            column = indent;
        } else if (word > command) {
            column += fprintf(out, " ");
        }
        fwrite(word, 1, length, out);
        column += columns_of(word, length);
    }
    fputc('\n', out);
}
