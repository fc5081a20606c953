// hangup diagnose: what an error of a log stands for. Reads the atlas that is there; no guest is needed.
#include "atlas/diagnose.h"
#include "atlas/recorded.h"
#include "base/path.h"
#include "command/arguments.h"
#include "command/command.h"
#include "host/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define READ_SIZE ((size_t)64 << 10)

const char command_diagnose_help[] =
    "usage: hangup diagnose [--all] TEXT...\n"
    "       hangup diagnose [--all] FILE...\n"
    "       hangup diagnose [--all] <LOG\n"
    "\n"
    "Says what an error of a log stands for: a line, a message, a whole traceback, a log of any size. For each distinct error, in the order of the log: what most likely happened on the wire, who noticed, what to do, and the command that shows it; then what else it can be.\n"
    "\n"
    "It looks in the atlas, the record of what each client says to each kind of hang-up, and in a list of what drivers, pools, poolers and the server say beside it. A word that is a file is read; JSON and escaped line breaks are undone. Nothing is run.\n"
    "\n"
    "Exit status: 0 something was found, 1 nothing fits, 2 there is no text.\n"
    "\n"
    "  --all      tell of every possible cause in full\n"
    "  --help     this text\n";

struct text {
    char *bytes;
    size_t length;
};

// Words of one message that the shell has taken apart.
static bool join_words(char **words, int count, struct text *text)
{
    FILE *memory = open_memstream(&text->bytes, &text->length);
    for (int i = 0; memory != NULL && i < count; i++)
        fprintf(memory, "%s%s", i > 0 ? " " : "", words[i]);
    return memory != NULL && fclose(memory) == 0;
}

static bool read_text_of(FILE *file, struct text *text)
{
    size_t room = 0, read;
    do {
        if (text->length + READ_SIZE > room) {
            room = room * 2 + READ_SIZE;
            char *bytes = realloc(text->bytes, room);
            if (bytes == NULL)
                return false;
            text->bytes = bytes;
        }
        read = fread(text->bytes + text->length, 1, READ_SIZE, file);
        text->length += read;
    } while (read > 0);
    return ferror(file) == 0;
}

static bool is_file(const char *word)
{
    struct stat status;
    return stat(word, &status) == 0 && !S_ISDIR(status.st_mode);
}

static bool are_files(char **words, int count)
{
    for (int i = 0; i < count; i++)
        if (!is_file(words[i]))
            return false;
    return count > 0;
}

static bool is_blank(const struct text *text)
{
    for (size_t i = 0; i < text->length; i++)
        if (strchr(" \t\r\n", text->bytes[i]) == NULL)
            return false;
    return true;
}

// EXIT_AS_EXPECTED, or EXIT_FAILED where nothing fits.
static int answer_text(const struct diagnose_request *request, const struct text *text)
{
    struct diagnosis diagnosis = {0};
    struct error error = {0};
    struct log *log = log_new(text->bytes, text->length);
    if (log == NULL || !diagnose(request->phrases, log, &diagnosis)) {
        error_set(&error, ERROR_LAB, "out of memory");
        log_free(log);
        diagnosis_free(&diagnosis);
        return command_fail(&error);
    }
    bool found = diagnose_report(stdout, request, &diagnosis);
    diagnosis_free(&diagnosis);
    log_free(log);
    return found ? EXIT_AS_EXPECTED : EXIT_FAILED;
}

static int answer_file(struct diagnose_request *request, const char *path)
{
    struct text text = {0};
    struct error error = {0};
    FILE *file = fopen(path, "re");
    bool read = file != NULL && read_text_of(file, &text);
    if (!read)
        error_set_errno(&error, ERROR_INPUT, "%s", path);
    if (file != NULL)
        fclose(file);
    request->source = path;
    int status = read ? answer_text(request, &text) : command_fail(&error);
    free(text.bytes);
    return status;
}

// The best of all: one that found something, unless a file could not be read.
static int answer_files(struct diagnose_request *request, char **paths, int count)
{
    int all = EXIT_FAILED;
    for (int i = 0; i < count; i++) {
        if (i > 0)
            putchar('\n');
        int status = answer_file(request, paths[i]);
        if (status != EXIT_FAILED && all != EXIT_USAGE)
            all = status;
    }
    return all;
}

// A path that leads nowhere is no error text: "logs/app.log".
static bool is_misspelled_path(char **words, int count)
{
    const char *end = count == 1 ? strrchr(words[0], '.') : NULL;
    return count == 1 && strpbrk(words[0], " \t\r\n") == NULL && !is_file(words[0]) &&
           (words[0][0] == '/' || words[0][0] == '.' ||
               (end != NULL && (strcmp(end, ".log") == 0 || strcmp(end, ".txt") == 0)));
}

static int answer_words(struct diagnose_request *request, char **words, int count)
{
    struct text text = {0};
    struct error error = {0};
    if (is_misspelled_path(words, count))
        error_set(&error, ERROR_INPUT,
            "%s: there is no such file; expected a log, or an error's text in quotes", words[0]);
    else if (!(count > 0 ? join_words(words, count, &text) : read_text_of(stdin, &text)))
        error_set(&error, ERROR_LAB, "the text cannot be read");
    else if (is_blank(&text))
        error_set(&error, ERROR_INPUT, "no text: give it, or a file, as an argument, or on standard input");
    int status = error.category == ERROR_NONE ? answer_text(request, &text) : command_fail(&error);
    free(text.bytes);
    return status;
}

int command_diagnose(int argc, char **argv)
{
    bool all = false;
    const struct command_option options[COMMAND_OPTIONS_MAX] = {{"all", &all, NULL}, {0}};
    struct command_arguments arguments;
    struct paths paths;
    struct error error = {0};
    char path[PATH_MAX];
    if (!command_arguments_parse_with(argc, argv, 0, -1, command_diagnose_help, options, &arguments))
        return arguments.status;
    struct sayings *sayings = sayings_new(&error);
    struct atlas *atlas = sayings != NULL && paths_find(&paths, &error)
                              ? atlas_read(path_format(path, "%s/atlas.json", paths.baseline), &error)
                              : NULL;
    struct phrases *phrases = atlas != NULL ? phrases_new(atlas, sayings) : NULL;
    if (atlas != NULL && phrases == NULL)
        error_set(&error, ERROR_LAB, "out of memory");
    // Without either there is no cure, and still a diagnosis.
    struct subject_list subjects = {0};
    struct error ignored = {0};
    bool listed = phrases != NULL && subject_list_read(&subjects, paths.root, &ignored);
    json_t *recorded = listed ? recorded_read_in(paths.baseline, &ignored) : NULL;
    struct diagnose_request request = {
        .root = paths.root, .phrases = phrases, .subjects = &subjects, .recorded = recorded, .all = all};
    int status;
    if (phrases == NULL)
        status = command_fail(&error);
    else if (are_files(arguments.words, arguments.count))
        status = answer_files(&request, arguments.words, arguments.count);
    else
        status = answer_words(&request, arguments.words, arguments.count);
    json_decref(recorded);
    subject_list_free(&subjects);
    phrases_free(phrases);
    atlas_free(atlas);
    sayings_free(sayings);
    return status;
}
