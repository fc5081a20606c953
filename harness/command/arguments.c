// Reading the small command lines.
#include "command/arguments.h"

#include "command/command.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define FIRST_OWN 256 // behind all characters

static bool refuse(const char *what, const char *help)
{
    fprintf(stderr, "hangup: %s\n%s", what, help);
    return false;
}

static void list_options(
    struct option known[static COMMAND_OPTIONS_MAX + 3], const struct command_option *options)
{
    known[0] = (struct option){"help", no_argument, NULL, 'h'};
    known[1] = (struct option){"format", required_argument, NULL, 'f'};
    for (int i = 0; i < COMMAND_OPTIONS_MAX && options[i].name != NULL; i++)
        known[i + 2] = (struct option){
            options[i].name, options[i].value != NULL ? required_argument : no_argument, NULL, FIRST_OWN + i};
}

static bool take_format(const char *help, struct command_arguments *arguments)
{
    arguments->json = strcmp(optarg, "json") == 0;
    return strstr(help, "--format") != NULL && (arguments->json || strcmp(optarg, "table") == 0);
}

static bool take_own(const struct command_option *option)
{
    if (option->value != NULL)
        *option->value = optarg;
    else
        *option->given = true;
    return true;
}

static bool take_words(
    int argc, char **argv, int least, int most, const char *help, struct command_arguments *arguments)
{
    arguments->words = argv + optind;
    arguments->count = argc - optind;
    if (arguments->count < least)
        return refuse("something is missing", help);
    return most < 0 || arguments->count <= most || refuse("too many words", help);
}

static bool take_options(int argc, char **argv, const char *help, const struct command_option *options,
    struct command_arguments *arguments)
{
    struct option known[COMMAND_OPTIONS_MAX + 3] = {0};
    list_options(known, options);
    optind = 0; // glibc: start afresh
    for (int option; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        if (option == 'h') {
            fputs(help, stdout);
            arguments->status = EXIT_AS_EXPECTED;
            return false;
        }
        bool taken = option >= FIRST_OWN ? take_own(&options[option - FIRST_OWN])
                                         : option == 'f' && take_format(help, arguments);
        if (!taken)
            return refuse("unknown option", help);
    }
    return true;
}

bool command_arguments_parse_with(int argc, char **argv, int least, int most, const char *help,
    const struct command_option *options, struct command_arguments *arguments)
{
    *arguments = (struct command_arguments){.status = EXIT_USAGE};
    return take_options(argc, argv, help, options, arguments) &&
           take_words(argc, argv, least, most, help, arguments);
}

bool command_arguments_parse(int argc, char **argv, int least, int most, const char *help,
    struct command_arguments *arguments, int *status)
{
    static const struct command_option none[] = {{0}};
    bool good = command_arguments_parse_with(argc, argv, least, most, help, none, arguments);
    *status = arguments->status;
    return good;
}
