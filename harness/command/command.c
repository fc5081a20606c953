// What the subcommands share.
#include "command/command.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

// What went wrong may quote a file from anywhere.
void command_say(const struct error *error)
{
    char *line = text_one_line(error->text);
    fprintf(stderr, "hangup: %s\n", line != NULL ? line : "out of memory");
    free(line);
}

int command_fail(const struct error *error)
{
    command_say(error);
    return error->category == ERROR_INPUT ? EXIT_USAGE : EXIT_CELL_ERROR;
}
