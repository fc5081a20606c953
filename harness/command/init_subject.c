// hangup init-subject: the beginning of an adapter for the user's own pool.
#include "command/arguments.h"
#include "command/command.h"
#include "command/skeleton.h"
#include "host/paths.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: hangup init-subject LANGUAGE [FILE]\n"
    "\n"
    "Writes an adapter for a pool of your own: it works as it is, on a plain driver, and has a place for your pool. Its manifest is written beside it. Then it prints the commands that build and run it.\n"
    "\n"
    "LANGUAGE is python, node, java, go, ruby or c. FILE is where the adapter goes (default: ./mypool_subject.py and the like). No file is overwritten.\n"
    "\n"
    "  --help     this text\n";

static void print_next(const struct init_subject_files *files)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof(folder), "%s", files->source);
    const char *place = dirname(folder);
    bool elsewhere = strcmp(place, ".") != 0 && (files->build != NULL || files->needs != NULL);
    printf(
        "%s: your pool goes where it says so\n%s: its manifest\n\nnext:\n", files->source, files->manifest);
    if (elsewhere)
        printf("  (cd %s && ", place);
    else if (files->build != NULL || files->needs != NULL)
        fputs("  ", stdout);
    if (files->needs != NULL)
        fputs(files->needs, stdout);
    if (files->build != NULL)
        init_subject_put(stdout, files->build, files->name);
    if (files->build != NULL || files->needs != NULL)
        puts(elsewhere ? ")" : "");
    printf("  hangup run steady/price idle/hung-up --subject %s\n", files->manifest);
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
    if (!command_arguments_parse(argc, argv, 1, 2, help, &arguments, &status))
        return status;
    return init(&arguments, &error) ? EXIT_AS_EXPECTED : command_fail(&error);
}
