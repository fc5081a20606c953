// hangup list: what there is to run.
#include "base/name_list.h"
#include "base/path.h"
#include "command/arguments.h"
#include "command/command.h"
#include "host/paths.h"
#include "scenario/fault.h"
#include "scenario/scenario.h"
#include "subject/subject.h"

#include <stdio.h>
#include <string.h>

static const char help[] = "usage: hangup list scenarios | subjects | faults\n\n"
                           "scenarios   their names and claims\n"
                           "subjects    the pools, their strategies, and whether they can run here\n"
                           "faults      the kinds of hang-up a scenario can name\n";

static bool list_scenario(const char *path, struct error *error)
{
    struct scenario *scenario = scenario_read(path, error);
    if (scenario == NULL)
        return false;
    printf("%-24s %s%s\n", scenario->name, scenario->must_fail ? "(must fail) " : "", scenario->claim);
    scenario_free(scenario);
    return true;
}

static void print_packages(const struct subject *subject)
{
    for (char **package = subject->packages; *package != NULL; package++)
        printf(" %s", *package);
}

static bool list_subject(const char *path, const char *root, struct error *error)
{
    struct subject *subject = subject_read(path, root, error);
    char missing[PATH_MAX];
    if (subject == NULL)
        return false;
    printf("%-14s %s\n%-14s", subject->name, subject->summary, "");
    for (size_t i = 0; i < subject->strategies_count; i++)
        printf(" %s:%s", subject->name, subject->strategies[i].name);
    if (!subject_is_ready(subject, missing, sizeof(missing))) {
        printf("\n%-14s not ready: %s is missing: apt-get install", "", missing);
        print_packages(subject);
        fputs(" && make peers", stdout);
    }
    putchar('\n');
    subject_free(subject);
    return true;
}

static bool list_files(const struct paths *paths, bool subjects, struct error *error)
{
    const char *folder = subjects ? "pool/subjects" : "scenarios";
    struct name_list found;
    if (!name_list_read(&found, paths->root, folder, subjects ? 1 : 8, error))
        return false;
    bool listed = true;
    for (size_t i = 0; listed && i < found.count; i++) {
        char path[PATH_MAX];
        path_format(path, "%s/%s/%s.yaml", paths->root, folder, found.names[i]);
        listed = subjects ? list_subject(path, paths->root, error) : list_scenario(path, error);
    }
    name_list_free(&found);
    return listed;
}

static void print_listed_words(const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        printf("%s%s", i > 0 ? " | " : "", words[i]);
}

static void print_option(const struct fault_option_kind *option)
{
    static const char *const values[FAULT_OPTION_TYPES] = {
        [FAULT_OPTION_DURATION] = "DURATION",
        [FAULT_OPTION_COUNT] = "N",
        [FAULT_OPTION_PERCENT] = "PERCENT",
        [FAULT_OPTION_RATE] = "RATE",
        [FAULT_OPTION_SIZE] = "SIZE",
    };
    printf("%-12s   %s: ", "", option->name);
    if (option->type == FAULT_OPTION_WORD)
        print_listed_words(option->words);
    else
        printf("%s", values[option->type]);
    printf("   (%s)\n", option->summary);
}

static bool list_fault_kinds(void)
{
    for (const struct fault_kind *const *kind = fault_kinds; *kind != NULL; kind++) {
        printf("%-12s %s\n%-12s %s: ", (*kind)->name, (*kind)->summary, "", (*kind)->name);
        print_listed_words((*kind)->arguments);
        printf("%s\n", (*kind)->takes_for ? "   for: DURATION" : "");
        for (const struct fault_option_kind *option = (*kind)->options;
             option != NULL && option->name != NULL; option++)
            print_option(option);
    }
    return true;
}

static bool list_things(const char *what, struct error *error)
{
    struct paths paths;
    if (strcmp(what, "faults") == 0)
        return list_fault_kinds();
    if (strcmp(what, "scenarios") != 0 && strcmp(what, "subjects") != 0)
        return error_set(error, ERROR_INPUT, "list '%s': expected scenarios, subjects or faults", what);
    return paths_find(&paths, error) && list_files(&paths, strcmp(what, "subjects") == 0, error);
}

int command_list(int argc, char **argv)
{
    struct command_arguments arguments;
    struct error error = {0};
    int status;
    if (!command_arguments_parse(argc, argv, 1, 1, help, &arguments, &status))
        return status;
    return list_things(arguments.words[0], &error) ? EXIT_AS_EXPECTED : command_fail(&error);
}
