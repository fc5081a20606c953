// What the subcommands share.
#include "command/command.h"

#include <stdio.h>

int command_fail(const struct error *error)
{
    fprintf(stderr, "hangup: %s\n", error->text);
    return error->category == ERROR_INPUT ? EXIT_USAGE : EXIT_CELL_ERROR;
}
