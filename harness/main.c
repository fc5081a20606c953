// hangup: finds the subcommand, and tells what there is.
#include "base/help.h"
#include "base/invocation.h"
#include "base/suggest.h"
#include "base/terminal.h"
#include "base/version.h"
#include "command/command.h"
#include "command/commands.h"
#include "command/streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help_before[] =
    "usage: hangup COMMAND [ARGUMENTS]\n"
    "       hangup help COMMAND\n"
    "       hangup --version\n"
    "\n"
    "hangup shows what a connection pool does when the server hangs up without saying so.\n"
    "\n";
static const char help_behind[] = "\n"
                                  "`hangup help COMMAND` says more about each. To begin with:\n"
                                  "  hangup run idle/silence --subject pqpool:none --subject pqpool:hedged\n";

static void print_help(FILE *out)
{
    int width = terminal_width(out);
    help_print(out, help_before);
    for (size_t i = 0; i < commands_count; i++) {
        int column = fprintf(out, "  %-12s  ", commands[i].name);
        terminal_print(out, commands[i].summary, column, column, width);
    }
    help_print(out, help_behind);
}

static int refuse_command(const char *name)
{
    const char **names = calloc(commands_count, sizeof(*names));
    char text[WORDS_TEXT_SIZE];
    for (size_t i = 0; names != NULL && i < commands_count; i++)
        names[i] = commands[i].name;
    fprintf(stderr, "hangup: %s; see `%s --help`\n",
        words_unknown("command", name, names, names != NULL ? commands_count : 0, text), invocation_name());
    free((void *)names);
    return EXIT_USAGE;
}

static int run_command(const char *name, int argc, char **argv)
{
    const struct command *command = command_by_name(name);
    command_complete_among(commands, commands_count);
    return command != NULL ? command->run(argc, argv) : refuse_command(name);
}

static int help_on(char *name)
{
    static char help[] = "--help";
    char *arguments[] = {name, help, NULL};
    return run_command(name, 2, arguments);
}

static bool is_one_of(const char *word, const char *first, const char *second)
{
    return strcmp(word, first) == 0 || strcmp(word, second) == 0;
}

static int run_named_command(int argc, char **argv)
{
    invocation_remember(argv[0]);
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (is_one_of(argv[1], "--version", "-V")) {
        puts("hangup " HANGUP_VERSION);
        return EXIT_AS_EXPECTED;
    }
    if (argc > 2 && strcmp(argv[1], "help") == 0)
        return help_on(argv[2]);
    if (is_one_of(argv[1], "--help", "-h") || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return EXIT_AS_EXPECTED;
    }
    return run_command(argv[1], argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    command_streams_hold();
    return command_streams_close(run_named_command(argc, argv));
}
