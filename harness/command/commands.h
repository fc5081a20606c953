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

// `complete` is told of all of them, itself among them. Before that it knows none.
void command_complete_among(const struct command *all, size_t count);

// NULL: there is none of that name.
const struct command *command_by_name(const char *name);

#endif
