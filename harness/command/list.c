// hangup list: what there is to run.
#include "base/name_list.h"
#include "base/path.h"
#include "base/suggest.h"
#include "base/terminal.h"
#include "command/arguments.h"
#include "command/command.h"
#include "command/list_json.h"
#include "host/advice.h"
#include "host/image.h"
#include "host/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char command_list_help[] = "usage: hangup list scenarios | subjects | faults [--format table|json]\n"
                                 "\n"
                                 "  scenarios   their names and claims\n"
                                 "  subjects    the pools, their strategies, and whether they can run here\n"
                                 "  faults      the kinds of hang-up a scenario can name\n"
                                 "\n"
                                 "  --format table|json  what to print (default: table)\n"
                                 "  --help      this text\n";

#define SCENARIO_INDENT 25
#define SUBJECT_INDENT  15
#define FAULT_INDENT    13

// What is listed: as lines, or into an array.
struct listing {
    struct paths paths;
    struct image image; // where subjects find what they need; without `files` there is none yet
    json_t *array;      // NULL: as lines
    int width;          // of the terminal
};

static bool add(const struct listing *listing, json_t *object, struct error *error)
{
    return json_array_append_new(listing->array, object) == 0 || error_set(error, ERROR_LAB, "out of memory");
}

static bool list_scenario(const struct listing *listing, const char *path, struct error *error)
{
    struct scenario *scenario = scenario_read(path, error);
    if (scenario == NULL)
        return false;
    bool listed = true;
    if (listing->array != NULL) {
        listed = add(listing, list_scenario_to_json(scenario), error);
    } else {
        int column = printf("%-24s %s", scenario->name, scenario->must_fail ? "(must fail) " : "");
        terminal_print(stdout, scenario->claim, column, SCENARIO_INDENT, listing->width);
    }
    scenario_free(scenario);
    return listed;
}

static void print_strategies(const struct subject *subject, int width)
{
    char *words = NULL;
    size_t size;
    FILE *memory = open_memstream(&words, &size);
    for (size_t i = 0; memory != NULL && i < subject->strategies_count; i++)
        fprintf(memory, "%s%s:%s", i > 0 ? " " : "", subject->name, subject->strategies[i].name);
    if (memory != NULL && fclose(memory) == 0)
        terminal_print(stdout, words, printf("%*s", SUBJECT_INDENT, ""), SUBJECT_INDENT, width);
    free(words);
}

static void print_missing(
    const struct subject *subject, const struct erofs *image, const char *fix, int width)
{
    char missing[PATH_MAX];
    if (subject_is_ready(subject, image, missing, sizeof(missing)))
        return;
    int column = printf("%*snot ready: ", SUBJECT_INDENT, "");
    terminal_print(stdout, missing, column, SUBJECT_INDENT, width);
    column = printf("%*s", SUBJECT_INDENT, "");
    if (fix[0] != '\0')
        terminal_command(stdout, fix, column + printf("fix: "), SUBJECT_INDENT + 2, width);
    else
        terminal_print(stdout, ADVICE_OF_SUBJECT, column, SUBJECT_INDENT, width);
}

static void print_subject(
    const struct subject *subject, const struct erofs *image, const char *fix, int width)
{
    terminal_print(
        stdout, subject->summary, printf("%-*s ", SUBJECT_INDENT - 1, subject->name), SUBJECT_INDENT, width);
    print_strategies(subject, width);
    print_missing(subject, image, fix, width);
}

static bool list_subject(const struct listing *listing, const char *path, struct error *error)
{
    char fix[ADVICE_SIZE];
    struct subject *subject = subject_read(path, listing->paths.root, error);
    if (subject == NULL)
        return false;
    advice_subject(&listing->paths, subject, listing->image.files, fix);
    bool listed = true;
    if (listing->array != NULL)
        listed = add(listing, list_subject_to_json(subject, listing->image.files, fix), error);
    else
        print_subject(subject, listing->image.files, fix, listing->width);
    subject_free(subject);
    return listed;
}

static bool list_files(const struct listing *listing, bool subjects, struct error *error)
{
    const char *folder = subjects ? "pool/subjects" : "scenarios", *root = listing->paths.root;
    struct name_list found;
    if (!name_list_read(&found, root, folder, subjects ? 1 : 8, error))
        return false;
    bool listed = true;
    for (size_t i = 0; listed && i < found.count; i++) {
        char path[PATH_MAX];
        path_format(path, "%s/%s/%s.yaml", root, folder, found.names[i]);
        listed = subjects ? list_subject(listing, path, error) : list_scenario(listing, path, error);
    }
    name_list_free(&found);
    return listed;
}

static void put_words(FILE *out, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        fprintf(out, "%s%s", i > 0 ? " | " : "", words[i]);
}

static void put_option(FILE *out, const struct fault_option_kind *option)
{
    fprintf(out, "%s: ", option->name);
    if (option->words != NULL)
        put_words(out, option->words);
    else
        fputs(list_option_value(option->type), out);
    fprintf(out, "   (%s)", option->summary);
}

static void put_arguments(FILE *out, const struct fault_kind *kind)
{
    fprintf(out, "%s: ", kind->name);
    put_words(out, kind->arguments);
    fputs(kind->takes_for ? "   for: DURATION" : "", out);
}

// Of an option where there is one, else of the kind's arguments.
static void print_fault_line(
    const struct fault_kind *kind, const struct fault_option_kind *option, int indent, int width)
{
    char *line = NULL;
    size_t size;
    FILE *memory = open_memstream(&line, &size);
    if (memory == NULL)
        return;
    if (option != NULL)
        put_option(memory, option);
    else
        put_arguments(memory, kind);
    if (fclose(memory) == 0)
        terminal_print(stdout, line, printf("%*s", indent, ""), indent + 2, width);
    free(line);
}

static bool list_fault_kinds(const struct listing *listing, struct error *error)
{
    for (const struct fault_kind *const *kind = fault_kinds; *kind != NULL; kind++) {
        if (listing->array != NULL && !add(listing, list_fault_to_json(*kind), error))
            return false;
        if (listing->array != NULL)
            continue;
        terminal_print(stdout, (*kind)->summary, printf("%-*s ", FAULT_INDENT - 1, (*kind)->name),
            FAULT_INDENT, listing->width);
        print_fault_line(*kind, NULL, FAULT_INDENT, listing->width);
        for (const struct fault_option_kind *option = (*kind)->options;
            option != NULL && option->name != NULL; option++)
            print_fault_line(*kind, option, FAULT_INDENT + 2, listing->width);
    }
    return true;
}

static bool list_things(struct listing *listing, const char *what, struct error *error)
{
    static const char *const things[] = {"scenarios", "subjects", "faults"};
    if (strcmp(what, "faults") == 0)
        return list_fault_kinds(listing, error);
    if (strcmp(what, "scenarios") != 0 && strcmp(what, "subjects") != 0) {
        char text[WORDS_TEXT_SIZE];
        return error_set(error, ERROR_INPUT, "list: %s", words_unknown("list", what, things, 3, text));
    }
    const bool subjects = strcmp(what, "subjects") == 0;
    struct error none = {0};
    if (!paths_find(&listing->paths, error))
        return false;
    if (subjects && !image_find(&listing->image, &listing->paths, NULL, &none))
        fprintf(stderr, "hangup: %s\n", none.text);
    bool listed = list_files(listing, subjects, error);
    image_close(&listing->image);
    return listed;
}

int command_list(int argc, char **argv)
{
    struct command_arguments arguments;
    struct error error = {0};
    int status;
    if (!command_arguments_parse(argc, argv, 1, 1, command_list_help, &arguments, &status))
        return status;
    struct listing listing = {.width = terminal_width(stdout), .array = arguments.json ? json_array() : NULL};
    bool listed = list_things(&listing, arguments.words[0], &error);
    if (listed && listing.array != NULL) {
        json_dumpf(listing.array, stdout, JSON_INDENT(1));
        putchar('\n');
    }
    json_decref(listing.array);
    return listed ? EXIT_AS_EXPECTED : command_fail(&error);
}
