// hangup init-subject: the beginning of an adapter for the user's own pool.
#include "base/invocation.h"
#include "base/path.h"
#include "command/arguments.h"
#include "command/command.h"
#include "command/skeleton.h"
#include "host/paths.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>

const char command_init_subject_help[] =
    "usage: hangup init-subject LANGUAGE [FILE]\n"
    "\n"
    "Writes an adapter for a pool of your own: it works as it is, on a plain driver, and has a place for your pool. Its manifest is written beside it. Then it prints the commands that build and run it.\n"
    "\n"
    "LANGUAGE is python, node, java, go, ruby or c. FILE is where the adapter goes (default: ./mypool_subject.py and the like). No file is overwritten.\n"
    "\n"
    "  --help     this text\n";

// "npm install pg", or what builds it: where the adapter lies.
static void print_build(const struct init_subject_files *files)
{
    char folder[PATH_MAX];
    path_format(folder, "%s", files->source);
    const char *place = dirname(folder);
    bool elsewhere = strcmp(place, ".") != 0;
    fputs(elsewhere ? "  (cd " : "  ", stdout);
    if (elsewhere) {
        shell_word_print(stdout, place);
        fputs(" && ", stdout);
    }
    if (files->needs != NULL)
        fputs(files->needs, stdout);
    if (files->build != NULL)
        init_subject_put(stdout, files->build, files->name);
    puts(elsewhere ? ")" : "");
}

// Whole commands, to be pasted.
static void print_next(const struct init_subject_files *files)
{
    printf(
        "%s: your pool goes where it says so\n%s: its manifest\n\nnext:\n", files->source, files->manifest);
    if (files->needs != NULL || files->build != NULL)
        print_build(files);
    printf("  %s run steady/price idle/hung-up --subject ", invocation_name());
    shell_word_print(stdout, files->manifest);
    putchar('\n');
}

static bool init(const struct command_arguments *arguments, struct error *error)
{
    struct paths paths;
    struct init_subject_files files;
    const char *file = arguments->count > 1 ? arguments->words[1] : NULL;
    if (!paths_find(&paths, error) ||
        !init_subject_write(paths.root, arguments->words[0], file, &files, error))
        return false;
    print_next(&files);
    return true;
}

int command_init_subject(int argc, char **argv)
{
    struct command_arguments arguments;
    struct error error = {0};
    int status;
    if (!command_arguments_parse(argc, argv, 1, 2, command_init_subject_help, &arguments, &status))
        return status;
    return init(&arguments, &error) ? EXIT_AS_EXPECTED : command_fail(&error);
}
