// hangup: a table of subcommands.
#include "base/help.h"
#include "base/invocation.h"
#include "base/suggest.h"
#include "base/terminal.h"
#include "base/version.h"
#include "command/command.h"
#include "command/streams.h"

#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"run", "run scenarios against pools and say what the application saw", command_run},
    {"exec", "run any program in the lab, while a scenario's faults happen", command_exec},
    {"shell", "open a shell in the lab", command_shell},
    {"fault", "inside exec or shell: make a fault happen now", command_fault},
    {"replay", "run a stored cell again and compare its bytes", command_replay},
    {"compare", "compare two runs, two labs or two pools cell by cell", command_compare},
    {"league", "rank the pools of stored runs by what they did to the application", command_league},
    {"merge", "make one run of several", command_merge},
    {"report", "judge a stored run again and show it; or what exec has run", command_report},
    {"atlas", "record what each client says to each kind of hang-up", command_atlas},
    {"diagnose", "say which hang-ups a text of a log stands for", command_diagnose},
    {"list", "list scenarios, subjects or faults", command_list},
    {"show", "print what hangup understands of a scenario", command_show},
    {"schema", "print the JSON Schema of scenarios, for editors", command_schema},
    {"init-subject", "write the beginning of an adapter for a pool of your own", command_init_subject},
    {"doctor", "say what this machine can do, what is missing, and what fixes it", command_doctor},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

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
    for (size_t i = 0; i < COMMANDS; i++) {
        int column = fprintf(out, "  %-12s ", commands[i].name);
        terminal_print(out, commands[i].summary, column, column, width);
    }
    help_print(out, help_behind);
}

static const struct command *find_command(const char *name)
{
    const char *names[COMMANDS];
    char text[WORDS_TEXT_SIZE];
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
        names[i] = commands[i].name;
    }
    fprintf(stderr, "hangup: %s; see `%s --help`\n", words_unknown("command", name, names, COMMANDS, text),
        invocation_name());
    return NULL;
}

static int run_command(const char *name, int argc, char **argv)
{
    const struct command *command = find_command(name);
    return command != NULL ? command->run(argc, argv) : (int)EXIT_USAGE;
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
