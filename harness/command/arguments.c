// Reading the small command lines.
#include "command/arguments.h"

#include "base/help.h"
#include "base/invocation.h"
#include "base/option_error.h"
#include "command/command.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define FIRST_OWN     256 // behind all characters
#define FORMAT_OPTION "--format "

static bool refuse_argument(const char *command, const char *what)
{
    fprintf(stderr, "hangup: %s: %s; see `%s %s --help`\n", command, what, invocation_name(), command);
    return false;
}

static void list_options(struct option known[static COMMAND_OPTIONS_MAX + 3], const char *help,
    const struct command_option *options)
{
    int count = 0;
    known[count++] = (struct option){"help", no_argument, NULL, 'h'};
    if (strstr(help, FORMAT_OPTION) != NULL)
        known[count++] = (struct option){"format", required_argument, NULL, 'f'};
    for (int i = 0; i < COMMAND_OPTIONS_MAX && options[i].name != NULL; i++)
        known[count++] = (struct option){
            options[i].name, options[i].value != NULL ? required_argument : no_argument, NULL, FIRST_OWN + i};
}

// The help names the formats: --format table|json.
static bool take_format(const char *help, struct command_arguments *arguments)
{
    size_t length = strlen(optarg);
    arguments->format = optarg;
    arguments->json = strcmp(optarg, "json") == 0;
    const char *at = strstr(help, FORMAT_OPTION) + strlen(FORMAT_OPTION);
    for (size_t format; (format = strcspn(at, "| ]\n")) > 0; at += format + (at[format] == '|')) {
        if (format == length && strncmp(at, optarg, length) == 0)
            return true;
        if (at[format] != '|')
            break;
    }
    return false;
}

static bool take_own(const struct command_option *option)
{
    if (option->value != NULL)
        *option->value = optarg;
    else
        *option->given = true;
    return true;
}

// The first line of its help says what stands where: "usage: hangup why CELL ...".
static bool refuse_few(const char *command, const char *help)
{
    char what[256];
    const char *usage = strstr(help, "hangup ");
    snprintf(what, sizeof(what), "something is missing: expected %.*s", (int)strcspn(usage, "\n"), usage);
    return refuse_argument(command, what);
}

static bool take_words(
    int argc, char **argv, int least, int most, const char *help, struct command_arguments *arguments)
{
    arguments->words = argv + optind;
    arguments->count = argc - optind;
    if (arguments->count < least)
        return refuse_few(argv[0], help);
    return most < 0 || arguments->count <= most || refuse_argument(argv[0], "too many words");
}

static bool take_options(int argc, char **argv, const char *help, const struct command_option *options,
    struct command_arguments *arguments)
{
    struct option known[COMMAND_OPTIONS_MAX + 3] = {0};
    list_options(known, help, options);
    struct error error = {0};
    optind = 0; // glibc: start afresh
    opterr = 0; // one message, and it is ours
    for (int option; (option = getopt_long(argc, argv, ":h", known, NULL)) != -1;) {
        if (option == '?' || option == ':') {
            (void)option_error(option, argv[optind - 1], known, argv[0], &error);
            fprintf(stderr, "hangup: %s\n", error.text);
            return false;
        }
        if (option == 'h') {
            help_print(stdout, help);
            arguments->status = EXIT_AS_EXPECTED;
            return false;
        }
        bool taken = option >= FIRST_OWN ? take_own(&options[option - FIRST_OWN])
                                         : option == 'f' && take_format(help, arguments);
        if (!taken)
            return refuse_argument(argv[0], "--format: no such format");
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
