// Reading the small command lines.
#include "command_arguments.h"

#include "command.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

bool command_arguments_parse(int argc, char **argv, int least, int most, const char *help,
    struct command_arguments *arguments, int *status)
{
    static const struct option known[] = {
        {"help", no_argument, NULL, 'h'}, {"format", required_argument, NULL, 'f'}, {0}};
    bool knows_format = strstr(help, "--format") != NULL;
    *arguments = (struct command_arguments){0};
    *status = EXIT_USAGE;
    optind = 0; // glibc: start afresh
    for (int option; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        if (option == 'h') {
            fputs(help, stdout);
            *status = EXIT_AS_EXPECTED;
            return false;
        }
        bool is_json = option == 'f' && strcmp(optarg, "json") == 0,
             is_table = option == 'f' && strcmp(optarg, "table") == 0;
        if (!knows_format || (!is_json && !is_table)) {
            fprintf(stderr, "hangup: unknown option\n%s", help);
            return false;
        }
        arguments->json = is_json;
    }
    arguments->words = argv + optind;
    arguments->count = argc - optind;
    if (arguments->count >= least && arguments->count <= most)
        return true;
    fprintf(
        stderr, "hangup: %s\n%s", arguments->count < least ? "something is missing" : "too many words", help);
    return false;
}
