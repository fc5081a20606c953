// The small command lines: --help, options with a value or without, and plain words.
#ifndef HANGUP_COMMAND_ARGUMENTS_H
#define HANGUP_COMMAND_ARGUMENTS_H

#include <stdbool.h>

struct command_arguments {
    int count;
    char **words;       // inside argv
    const char *format; // the value of --format, NULL without it; one of those that the help names
    bool json;          // --format json
    int status;         // the exit status where there is nothing to go on with
};

// An option of one command. One of the two is not NULL, and is set where the option was given.
struct command_option {
    const char *name; // without "--"; NULL ends a list
    bool *given;
    const char **value; // into argv
};

// True: go on. False: `*status` is the exit status; help or what is wrong has been printed.
bool command_arguments_parse(int argc, char **argv, int least, int most, const char *help,
    struct command_arguments *arguments, int *status);
// The same with options of the command's own, at most COMMAND_OPTIONS_MAX. Any number of words: most < 0.
#define COMMAND_OPTIONS_MAX 8
bool command_arguments_parse_with(int argc, char **argv, int least, int most, const char *help,
    const struct command_option *options, struct command_arguments *arguments);

#endif
