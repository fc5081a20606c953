// hangup diagnose: which hang-ups say this. Reads the atlas that is there; no guest is needed.
#include "atlas/diagnose.h"
#include "atlas/atlas.h"
#include "base/path.h"
#include "command/arguments.h"
#include "command/command.h"
#include "host/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST (256 << 10)

const char command_diagnose_help[] =
    "usage: hangup diagnose TEXT...\n"
    "       hangup diagnose <LOG\n"
    "\n"
    "Says which hang-ups a text stands for: a line of a log, an error message, a whole traceback. It looks the "
    "text up in the atlas, the record of what each client says to each kind of hang-up, and tells for each possible cause what happened on the wire, who noticed, what would have shown it earlier, and the command that shows it.\n"
    "\n"
    "Nothing is run. The atlas is results/baseline/atlas.json of the project; `hangup atlas` makes one.\n"
    "\n"
    "Exit status: 0 something was found, 1 no row of the atlas fits, 2 there is no text.\n"
    "\n"
    "  --help     this text\n";

// Words of one message that the shell has taken apart.
static char *join_words(char **words, int count)
{
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    for (int i = 0; memory != NULL && i < count; i++)
        fprintf(memory, "%s%s", i > 0 ? " " : "", words[i]);
    return memory != NULL && fclose(memory) == 0 ? text : NULL;
}

static char *read_input(void)
{
    char *text = calloc(1, TEXT_MOST + 1);
    size_t length = text != NULL ? fread(text, 1, TEXT_MOST, stdin) : 0;
    for (size_t i = 0; i < length; i++) // a NUL would end it
        if (text[i] == '\0')
            text[i] = ' ';
    return text;
}

static int answer_log(const char *text, const struct atlas *atlas, const struct paths *paths)
{
    struct diagnosis diagnosis;
    struct error error = {0};
    if (!diagnose(atlas, text, &diagnosis)) {
        error_set(&error, ERROR_LAB, "out of memory");
        return command_fail(&error);
    }
    bool found = diagnose_report(stdout, paths->root, atlas, &diagnosis, text);
    diagnosis_free(&diagnosis);
    return found ? EXIT_AS_EXPECTED : EXIT_FAILED;
}

int command_diagnose(int argc, char **argv)
{
    struct command_arguments arguments;
    struct paths paths;
    struct error error = {0};
    char path[PATH_MAX];
    int status;
    if (!command_arguments_parse(argc, argv, 0, argc, command_diagnose_help, &arguments, &status))
        return status;
    struct atlas *atlas = paths_find(&paths, &error)
                              ? atlas_read(path_format(path, "%s/atlas.json", paths.baseline), &error)
                              : NULL;
    if (atlas == NULL)
        return command_fail(&error);
    char *text = arguments.count > 0 ? join_words(arguments.words, arguments.count) : read_input();
    if (text == NULL || text[strspn(text, " \t\r\n")] == '\0')
        error_set(&error, ERROR_INPUT, "no text: give it as an argument, or on standard input");
    status = error.category == ERROR_NONE ? answer_log(text, atlas, &paths) : command_fail(&error);
    free(text);
    atlas_free(atlas);
    return status;
}
