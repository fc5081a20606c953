// The small command lines: --help, and one or more plain words.
#ifndef HANGUP_COMMAND_ARGUMENTS_H
#define HANGUP_COMMAND_ARGUMENTS_H

#include <stdbool.h>

struct command_arguments {
    int count;
    char **words; // inside argv
    bool json;    // --format json, where the command knows it
};

// True: go on. False: `*status` is the exit status; help or what is wrong has been printed.
bool command_arguments_parse(int argc, char **argv, int least, int most, const char *help,
    struct command_arguments *arguments, int *status);

#endif
