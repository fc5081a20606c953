// hangup why: what happened in a cell, in words.
#include "report/why.h"
#include "report/pcapng.h"

#include "base/duration.h"
#include "base/parse_uint.h"
#include "command/arguments.h"
#include "command/cell_argument.h"
#include "command/command.h"
#include "host/paths.h"
#include "result/result.h"

#include <stdio.h>
#include <string.h>

const char command_why_help[] =
    "usage: hangup why CELL [--at TIME | --op N] [--format text|perfetto|pcapng]\n"
    "\n"
    "Tells in words what happened in a stored cell: what each operation that went otherwise than planned met on its way, from its packets, the faults and the server's log. " CELL_ARGUMENT_HELP
    "\n"
    "\n"
    "  --at TIME               what was under way at that moment, with the packets and log lines of a second before and behind (400s)\n"
    "  --op N                  one operation, by its number\n"
    "  --format text|perfetto|pcapng  perfetto: a trace for ui.perfetto.dev; pcapng: the packets for Wireshark, with the keys of TLS and comments where faults hit (default: text)\n"
    "  --help                  this text\n"
    "\n"
    "Exit status: 0, or 2 where the command line or a file is wrong, 3 where the trace is damaged.\n";

static bool read_question(
    const char *at, const char *operation, struct why_question *question, struct error *error)
{
    const char *why;
    uint64_t number = 0;
    *question = (struct why_question){.at_us = ARROW_NEVER};
    if (at != NULL && !duration_parse(at, &question->at_us, &why))
        return error_set(error, ERROR_INPUT, "why: --at %s: %s", at, why);
    if (operation != NULL && !whole_number_parse(operation, 1, INT32_MAX, &number))
        return error_set(error, ERROR_INPUT, "why: --op %s: expected a number from 1 on", operation);
    question->operation = (int64_t)number;
    return at == NULL || operation == NULL ||
           error_set(error, ERROR_INPUT, "why: --at or --op: expected one of them");
}

static bool tell(
    const char *path, const struct why_question *question, const char *format, struct error *error)
{
    struct folder folder;
    if (!folder_open(&folder, path, ERROR_INPUT, error))
        return false;
    struct cell *cell = NULL;
    if (folder_has(&folder, RUN_FILE))
        (void)error_set(error, ERROR_INPUT,
            "%s is a whole run: expected the folder of one of its cells, such as %s/SCENARIO--SUBJECT--SEED",
            path, path);
    else
        cell = cell_read(&folder, error);
    struct story *story = cell != NULL ? story_new(cell, &folder, error) : NULL;
    bool told = story != NULL;
    if (told && strcmp(format, "perfetto") == 0)
        why_print_perfetto(stdout, story);
    else if (told && strcmp(format, "pcapng") == 0)
        told = why_print_pcapng(stdout, story, &folder, error);
    else if (told)
        told = why_print(stdout, story, question, error);
    story_free(story);
    cell_free(cell);
    folder_close(&folder);
    return told;
}

int command_why(int argc, char **argv)
{
    const char *at = NULL, *operation = NULL;
    const struct command_option known[] = {{"at", NULL, &at}, {"op", NULL, &operation}, {0}};
    struct command_arguments arguments;
    struct why_question question;
    struct error error = {0};
    if (!command_arguments_parse_with(argc, argv, 1, 1, command_why_help, known, &arguments))
        return arguments.status;
    const char *format = arguments.format != NULL ? arguments.format : "text";
    struct paths paths;
    char cell[PATH_MAX];
    bool told = read_question(at, operation, &question, &error) && paths_find(&paths, &error) &&
                cell_argument_find(paths.results, arguments.words[0], cell, &error) &&
                tell(cell, &question, format, &error);
    return told ? EXIT_AS_EXPECTED : command_fail(&error);
}
