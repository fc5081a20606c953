// Names first, line breaks then.
#include "base/help.h"

#include "base/invocation.h"
#include "base/terminal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PIPE_WIDTH 80
#define PROGRAM    "hangup "
#define USAGE      "usage: "

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

static size_t blanks_of(const char *line)
{
    return strspn(line, " ");
}

// Whether a command begins at `at`, in the line that begins at `line`.
static bool is_command(const char *line, const char *at)
{
    if (!begins_with(at, PROGRAM))
        return false;
    size_t before = (size_t)(at - line);
    return (before > 0 && at[-1] == '`') || (before > 0 && blanks_of(line) == before) ||
           (before == strlen(USAGE) && begins_with(line, USAGE));
}

static char *name_program(const char *help)
{
    char *named = NULL;
    size_t size;
    FILE *memory = open_memstream(&named, &size);
    const char *line = help;
    for (const char *at = help; memory != NULL && *at != '\0'; at++) {
        if (is_command(line, at)) {
            fprintf(memory, "%s ", invocation_name());
            at += strlen(PROGRAM) - 1;
        } else {
            fputc(*at, memory);
        }
        if (*at == '\n')
            line = at + 1;
    }
    return memory != NULL && fclose(memory) == 0 ? named : NULL;
}

// Below the description of an option, below the arguments of a command.
static int indent_of(const char *line, size_t length)
{
    size_t blanks = blanks_of(line);
    for (size_t i = blanks; blanks > 0 && i + 1 < length; i++)
        if (line[i] == ' ' && line[i + 1] == ' ')
            return (int)(i + blanks_of(line + i));
    return begins_with(line, USAGE) ? (int)strlen(USAGE) + 4 : (int)blanks;
}

// Whole in a pipe.
static void print_help_command(FILE *out, const char *line, size_t length, int width)
{
    int blanks = (int)blanks_of(line);
    char *command = strndup(line + blanks, length - (size_t)blanks);
    fprintf(out, "%*s", blanks, "");
    terminal_command(out, command != NULL ? command : "", blanks, blanks + 2, width);
    free(command);
}

void help_print(FILE *out, const char *help)
{
    char *named = name_program(help);
    int terminal = terminal_width(out), width = terminal != TERMINAL_ANY_WIDTH ? terminal : PIPE_WIDTH;
    for (const char *line = named != NULL ? named : help; *line != '\0';) {
        size_t length = strcspn(line, "\n"), blanks = blanks_of(line);
        if (blanks > 0 && blanks < strlen(USAGE) && begins_with(line + blanks, invocation_name()))
            print_help_command(out, line, length, terminal);
        else
            terminal_wrap(out, line, length, 0, indent_of(line, length), width);
        line += length + (line[length] == '\n');
    }
    free(named);
}
