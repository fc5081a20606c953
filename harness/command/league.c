// hangup league.
#include "report/league.h"
#include "base/invocation.h"
#include "base/name_list.h"
#include "command/arguments.h"
#include "command/command.h"
#include "command/league_page.h"
#include "host/paths.h"
#include "result/merge.h"
#include "result/stored.h"
#include "subject/list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char command_league_help[] =
    "usage: hangup league RUN... [--subjects A,B...] [--out FILE]\n"
    "       hangup league BASELINE.json [--html FILE] [--svg FILE]\n"
    "\n"
    "Ranks the pools and settings of one or several stored runs by what they did to the application. The page (Markdown) has what was found about each pool (`findings:` in its manifest), a matrix of all scenarios, and versions.\n"
    "\n"
    "  --subjects A,B   only these: pqpool, sqlalchemy:none\n"
    "  --out FILE       write the page there, and print only the findings that no longer hold\n"
    "  --html FILE      of a baseline (results/baseline/debian-13-peers.json): the page of `report`, without stories\n"
    "  --svg FILE       the same matrix as a picture\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 all findings hold, 1 a finding no longer holds, 2 the command line or a file is wrong.\n";

#define SCENARIOS_NAMED 20

struct league_options {
    struct command_arguments arguments;
    const char *subjects, *file, *html, *svg;
};

static bool check_league_scenario(
    const struct subject *subject, int line, const char *name, const struct paths *paths, struct error *error)
{
    return scenario_is_shipped(paths->root, name) ||
           error_set(error, ERROR_INPUT, "%s:%d: there is no scenario '%s'", subject->path, line, name);
}

// A scenario that was renamed must not take its findings with it.
static bool check_subject(const struct subject *subject, const struct paths *paths, struct error *error)
{
    for (size_t i = 0; i < subject->findings_count; i++) {
        const struct subject_finding *finding = &subject->findings[i];
        if (!check_league_scenario(subject, finding->line, finding->scenario, paths, error))
            return false;
    }
    return true;
}

static bool check_scenarios(
    const struct subject_list *subjects, const struct paths *paths, struct error *error)
{
    for (size_t i = 0; i < subjects->count; i++)
        if (!check_subject(subjects->subjects[i], paths, error))
            return false;
    return true;
}

// "a,b" as a list that ends with NULL; its texts are in `words`, which is changed.
static const char **split(char *words)
{
    size_t count = 2;
    for (const char *comma = strchr(words, ','); comma != NULL; comma = strchr(comma + 1, ','))
        count++;
    const char **list = calloc(count, sizeof(*list));
    for (size_t i = 0; list != NULL && i + 1 < count; i++)
        list[i] = strsep(&words, ",");
    return list;
}

// The whole catalogue needs no names.
static void print_scenarios(FILE *file, const struct league *league)
{
    const struct run_result *run = league->run;
    const struct run_order *order = league->order;
    for (size_t i = order->first; league->scenarios <= SCENARIOS_NAMED && i < run->cells_count;
         i = order->next_scenario[i])
        fprintf(file, " %s", run->cells[i].scenario);
}

static void print_option(FILE *file, const char *option, const char *value)
{
    fprintf(file, " %s ", option);
    shell_word_print(file, value);
}

static char *command_for(const struct league *league, const struct league_options *options)
{
    char *command;
    size_t length;
    const char *name = options->file != NULL ? invocation_anywhere() : invocation_name();
    FILE *file = open_memstream(&command, &length);
    if (file == NULL)
        return NULL;
    fprintf(file, "%s run --seed %" PRIu64 " --out results/league", name, league->run->seed);
    print_scenarios(file, league);
    fprintf(file, "\n%s league results/league", name);
    if (options->subjects != NULL)
        print_option(file, "--subjects", options->subjects);
    if (options->file != NULL)
        print_option(file, "--out", options->file);
    if (fclose(file) == 0)
        return command;
    free(command);
    return NULL;
}

static bool show_league(
    const struct league *league, const struct league_options *options, struct error *error)
{
    struct league_page page = {league, NULL};
    char *command = command_for(league, options);
    if (command == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    page.command = command;
    bool shown = true;
    if (options->file != NULL)
        shown = report_league_write(options->file, &page, error);
    else
        report_league_print(stdout, &page);
    free(command);
    if (league_broken_findings(league) > 0)
        fprintf(stderr, "hangup: %zu findings are no longer so\n", league_broken_findings(league));
    return shown;
}

static bool rank_pools(const struct run_result *run, const struct subject_list *subjects,
    const struct league_options *options, int *status, struct error *error)
{
    char *words = options->subjects != NULL ? strdup(options->subjects) : NULL;
    const char **selection = words != NULL ? split(words) : NULL;
    struct league *league = league_new(
        run, (const struct subject *const *)subjects->subjects, subjects->count, selection);
    bool shown = league != NULL ? show_league(league, options, error)
                                : error_set(error, ERROR_LAB, "out of memory");
    if (shown)
        *status = league_broken_findings(league) == 0 ? EXIT_AS_EXPECTED : EXIT_FAILED;
    league_free(league);
    free(selection);
    free(words);
    return shown;
}

static bool rank_runs(const struct league_options *options, int *status, struct error *error)
{
    struct paths paths;
    struct run_list runs = {0};
    struct subject_list subjects = {0};
    struct run_result *merged = NULL;
    bool good = paths_find(&paths, error) && subject_list_read(&subjects, paths.root, error) &&
                check_scenarios(&subjects, &paths, error) &&
                run_list_read_paths(
                    &runs, options->arguments.words, (size_t)options->arguments.count, error) &&
                (merged = run_merge(
                     &(struct merge_request){.runs = runs.runs, .count = runs.count, .replaces = true},
                     error)) != NULL &&
                rank_pools(merged, &subjects, options, status, error);
    run_result_free(merged);
    run_list_free(&runs);
    subject_list_free(&subjects);
    return good;
}

static bool show_baseline(const struct league_options *options, struct error *error)
{
    struct paths paths;
    if (options->arguments.count != 1)
        return error_set(error, ERROR_INPUT, "league: --html and --svg: expected one baseline");
    return paths_find(&paths, error) &&
           league_page_write(&paths, options->arguments.words[0], options->html, options->svg, error);
}

int command_league(int argc, char **argv)
{
    struct league_options options = {0};
    const struct command_option known[] = {{"subjects", NULL, &options.subjects},
        {"out", NULL, &options.file}, {"html", NULL, &options.html}, {"svg", NULL, &options.svg}, {0}};
    struct error error = {0};
    int status;
    if (!command_arguments_parse_with(argc, argv, 1, -1, command_league_help, known, &options.arguments))
        return options.arguments.status;
    if (options.html != NULL || options.svg != NULL)
        return show_baseline(&options, &error) ? EXIT_AS_EXPECTED : command_fail(&error);
    return rank_runs(&options, &status, &error) ? status : command_fail(&error);
}
