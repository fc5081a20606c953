// The table of subcommands.
#ifndef HANGUP_COMMAND_COMMANDS_H
#define HANGUP_COMMAND_COMMANDS_H

#include <stddef.h>

struct command {
    const char *name, *summary;
    const char *help; // as help_print takes it
    int (*run)(int argc, char **argv);
};

extern const struct command commands[];
extern const size_t commands_count;

// NULL: there is none of that name.
const struct command *command_by_name(const char *name);

#endif
