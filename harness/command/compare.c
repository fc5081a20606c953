// hangup compare.
#include "report/compare.h"
#include "base/duration.h"
#include "base/suggest.h"
#include "base/terminal.h"
#include "command/arguments.h"
#include "command/command.h"
#include "host/paths.h"
#include "report/choose.h"
#include "result/compare.h"
#include "result/stored.h"
#include "subject/list.h"

#include <stdlib.h>
#include <string.h>

const char command_compare_help[] =
    "usage: hangup compare RUN RUN [OPTIONS]\n"
    "       hangup compare RUN [RUN] --subjects A,B [OPTIONS]\n"
    "\n"
    "Compares two stored runs cell by cell: verdicts, numbers, error texts, and whether the bytes are the same. "
    "Runs of different labs must agree in their verdicts, in what the application saw and in what was written, and in their times within a tolerance.\n"
    "\n"
    "With --subjects, two pools stand side by side, for somebody who chooses one (B in the second run, where there is one): who does better in which scenario, what the application saw of each, and what the server and the packets say.\n"
    "\n"
    "With --equal besides, they are held to be the same: they must agree in pings, connects, errors, hung operations and in what was written. A difference that the manifest of A explains (`explains:`) is shown with its reason.\n"
    "\n"
    "  --subjects A,B         two subjects, such as sqlalchemy:none,pqpool:none\n"
    "  --equal                they must be the same\n"
    "  --tolerance DURATION   for times of different labs, in addition to a tenth of the longer one (default 1s)\n"
    "  --all                  show the cells that agree, too\n"
    "  --format table|json    what to print (default: table)\n"
    "  --help                 this text\n"
    "\n"
    "Exit status: 0 all agrees or is explained, or there was only a choice to show; 1 something differs, 2 the command line or a file is wrong.\n";

struct options {
    const char *subjects, *tolerance;
    bool all, equal;
    struct command_arguments arguments;
};

// Splits "A,B" where it is.
static bool take_subjects(char *pair, struct comparison *request, struct error *error)
{
    char *comma = strchr(pair, ',');
    if (comma == NULL || comma == pair || comma[1] == '\0' || strchr(comma + 1, ',') != NULL)
        return error_set(
            error, ERROR_INPUT, "--subjects %s: expected two, such as sqlalchemy:none,pqpool:none", pair);
    *comma = '\0';
    request->left.subject = pair;
    request->right.subject = comma + 1;
    request->rules = COMPARE_SUBJECTS;
    return true;
}

static bool take_tolerance(const char *text, struct comparison *request, struct error *error)
{
    const char *why;
    if (text == NULL || duration_parse(text, &request->tolerance.us, &why))
        return true;
    return error_set(error, ERROR_INPUT, "--tolerance %s: %s", text, why);
}

static bool print_run_comparison(const struct comparison *comparison, const struct options *options)
{
    bool chooses = comparison->rules == COMPARE_SUBJECTS && !options->equal;
    if (!options->arguments.json && chooses)
        return report_choose_print(stdout, terminal_width(stdout), comparison, options->all);
    if (!options->arguments.json)
        return report_compare_print(stdout, comparison, options->all);
    json_t *json = report_compare_to_json(comparison);
    if (json == NULL)
        return false;
    json_dumpf(json, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
    putchar('\n');
    json_decref(json);
    return true;
}

static bool compare_subjects_of(const struct comparison *request, const struct options *options,
    const struct subject_list *subjects, int *status, struct error *error)
{
    struct comparison *comparison = run_compare(
        request->left, request->right, request->rules, request->tolerance);
    if (comparison != NULL && request->rules == COMPARE_SUBJECTS)
        comparison_explain(comparison, (const struct subject *const *)subjects->subjects, subjects->count);
    bool shown = comparison != NULL && print_run_comparison(comparison, options);
    if (shown)
        *status = (request->rules == COMPARE_SUBJECTS && !options->equal) || comparison_agrees(comparison)
                      ? EXIT_AS_EXPECTED
                      : EXIT_FAILED;
    comparison_free(comparison);
    return shown || error_set(error, ERROR_LAB, "out of memory");
}

static bool understand(
    const struct options *options, char *subjects, struct comparison *request, struct error *error)
{
    *request = (struct comparison){.rules = COMPARE_RUNS, .tolerance = {COMPARE_TOLERANCE_US}};
    if (subjects == NULL && options->equal)
        return error_set(error, ERROR_INPUT, "compare: --equal is about two pools: expected --subjects A,B");
    if (subjects == NULL && options->arguments.count != 2)
        return error_set(error, ERROR_INPUT, "compare: expected two runs, or --subjects A,B");
    return (subjects == NULL || take_subjects(subjects, request, error)) &&
           take_tolerance(options->tolerance, request, error);
}

// A name that no cell has would be compared with nothing, and nobody would notice.
static bool has_subject(const struct compare_side *side, struct error *error)
{
    const char **names = calloc(side->run->cells_count + 1, sizeof(*names));
    size_t count = 0;
    bool found = false;
    for (size_t i = 0; names != NULL && i < side->run->cells_count; i++) {
        const char *subject = side->run->cells[i].subject;
        bool again = subject == NULL;
        for (size_t j = 0; !again && j < count; j++)
            again = strcmp(names[j], subject) == 0;
        if (!again)
            names[count++] = subject;
        found = found || (subject != NULL && strcmp(subject, side->subject) == 0);
    }
    if (!found) {
        char known[WORDS_TEXT_SIZE];
        (void)error_set(error, ERROR_INPUT, "--subjects: of this run, %s",
            words_unknown("subject", side->subject, names, count, known));
    }
    free(names);
    return found;
}

static bool compare_runs(struct comparison *request, const struct run_list *runs,
    const struct options *options, int *status, struct error *error)
{
    struct paths paths;
    struct subject_list subjects = {0};
    request->left.run = runs->runs[0];
    request->right.run = runs->runs[runs->count - 1];
    bool of_subjects = request->rules == COMPARE_SUBJECTS;
    if (!of_subjects && strcmp(request->left.run->lab, request->right.run->lab) != 0)
        request->rules = COMPARE_LABS;
    bool compared = (!of_subjects ||
                        (has_subject(&request->left, error) && has_subject(&request->right, error) &&
                            paths_find(&paths, error) && subject_list_read(&subjects, paths.root, error))) &&
                    compare_subjects_of(request, options, &subjects, status, error);
    subject_list_free(&subjects);
    return compared;
}

static bool compare_run_folders(
    const struct options *options, char *subjects, int *status, struct error *error)
{
    struct comparison request;
    struct run_list runs = {0};
    if (!understand(options, subjects, &request, error))
        return false;
    bool compared = run_list_read_paths(
                        &runs, options->arguments.words, (size_t)options->arguments.count, error) &&
                    compare_runs(&request, &runs, options, status, error);
    run_list_free(&runs);
    return compared;
}

int command_compare(int argc, char **argv)
{
    struct options options = {0};
    const struct command_option known[] = {{"subjects", NULL, &options.subjects},
        {"tolerance", NULL, &options.tolerance}, {"all", &options.all, NULL}, {"equal", &options.equal, NULL},
        {0}};
    struct error error = {0};
    int status = EXIT_USAGE;
    if (!command_arguments_parse_with(argc, argv, 1, 2, command_compare_help, known, &options.arguments))
        return options.arguments.status;
    char *subjects = options.subjects != NULL ? strdup(options.subjects) : NULL;
    bool compared = compare_run_folders(&options, subjects, &status, &error);
    free(subjects);
    return compared ? status : command_fail(&error);
}
