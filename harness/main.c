// hangup: a table of subcommands.
#include "command/command.h"
#include "command/streams.h"

#include <stdio.h>
#include <string.h>

static const struct {
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
    {"doctor", "say what this machine can do, what is missing, and what mends it", command_doctor},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *out)
{
    fputs("hangup shows what a connection pool does when the server hangs up without saying so.\n\n"
          "usage: hangup COMMAND [ARGUMENTS]\n\n",
        out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].summary);
    fputs("\n`hangup COMMAND --help` says more about each.\n", out);
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return EXIT_AS_EXPECTED;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "hangup: unknown command '%s'; `hangup --help` lists them\n", argv[1]);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    command_streams_hold();
    return command_streams_close(run(argc, argv));
}
