// hangup league.
#include "report/league.h"
#include "base/invocation.h"
#include "base/name_list.h"
#include "command/arguments.h"
#include "command/command.h"
#include "command/league_page.h"
#include "command/league_runs.h"
#include "host/paths.h"
#include "report/upgrade.h"
#include "subject/list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char command_league_help[] =
    "usage: hangup league RUN|BASELINE.json... [OPTIONS]\n"
    "       hangup league OLD --upgrade NEW [--out FILE]\n"
    "\n"
    "Ranks the pools and settings of stored runs, or of recorded baselines (results/baseline/debian-13-peers.json), by what they did to the application. The page (Markdown) has the whole ranking, one for each thing that people fear, what was found about each pool (`findings:` in its manifest), and every cell. Where there are several seeds, the lowest is shown, and what differs by seed is marked.\n"
    "\n"
    "  --upgrade NEW    what another image changes, pool by pool: NEW is a run or a baseline of it\n"
    "  --subjects A,B   only these: pqpool, sqlalchemy:none\n"
    "  --out FILE       write the page there, and print only the findings that no longer hold\n"
    "  --html FILE      the page of `report`, without stories\n"
    "  --svg FILE       the matrix as a picture\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 all findings hold, 1 a finding no longer holds, 2 the command line or a file is wrong.\n";

#define SCENARIOS_NAMED 20

struct league_options {
    struct command_arguments arguments;
    const char *subjects, *file, *html, *svg, *upgrade;
};

// What the command works on.
struct league_ground {
    struct paths paths;
    struct subject_list subjects;
    char *words;            // of --subjects, cut
    const char **selection; // NULL: all
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

static void print_make_again(FILE *file, const struct league *league, const struct league_options *options)
{
    const char *name = options->file != NULL ? invocation_anywhere() : invocation_name();
    const char *first = options->arguments.words[0];
    fprintf(file, "%s run", name);
    print_scenarios(file, league);
    fprintf(file, " --image %s --seed %" PRIu64, league->run->world.image, league->run->seed);
    fputs(league_word_is_baseline(first) ? " --accept --against " : " --out ", file);
    shell_word_print(file, first);
    fprintf(file, "\n%s league", name);
    for (int i = 0; i < options->arguments.count; i++) {
        putc(' ', file);
        shell_word_print(file, options->arguments.words[i]);
    }
}

static char *command_for(const struct league *league, const struct league_options *options)
{
    char *command;
    size_t length;
    FILE *file = open_memstream(&command, &length);
    if (file == NULL)
        return NULL;
    print_make_again(file, league, options);
    if (options->upgrade != NULL)
        print_option(file, "--upgrade", options->upgrade);
    if (options->subjects != NULL)
        print_option(file, "--subjects", options->subjects);
    if (options->file != NULL)
        print_option(file, "--out", options->file);
    if (fclose(file) == 0)
        return command;
    free(command);
    return NULL;
}

static bool is_asked_for_text(const struct league_options *options)
{
    return options->file != NULL || (options->html == NULL && options->svg == NULL);
}

static bool print_league_page(
    const struct league *league, const struct league_options *options, struct error *error)
{
    char *command = command_for(league, options);
    if (command == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    const struct league_page page = {league, command};
    bool shown = true;
    if (options->file != NULL)
        shown = report_league_write(options->file, &page, error);
    else
        report_league_print(stdout, &page);
    free(command);
    return shown;
}

static bool print_upgrade_page(
    const struct upgrade *upgrade, const struct league_options *options, struct error *error)
{
    char *command = command_for(upgrade->before, options);
    if (command == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    const struct upgrade_page page = {upgrade, command};
    bool shown = true;
    if (options->file != NULL)
        shown = report_upgrade_write(options->file, &page, error);
    else
        report_upgrade_print(stdout, &page);
    free(command);
    return shown;
}

static struct league *league_of(
    const struct league_ground *ground, const struct run_result *run, struct error *error)
{
    const struct subject_list *subjects = &ground->subjects;
    struct league *league = league_new(
        run, (const struct subject *const *)subjects->subjects, subjects->count, ground->selection);
    if (league == NULL)
        (void)error_set(error, ERROR_LAB, "out of memory");
    return league;
}

static bool show_league(const struct league_ground *ground, const struct run_result *run,
    const struct league_options *options, int *status, struct error *error)
{
    struct league *league = league_of(ground, run, error);
    bool shown = league != NULL &&
                 (!is_asked_for_text(options) || print_league_page(league, options, error)) &&
                 league_page_write(run, options->html, options->svg, error);
    const size_t broken = shown ? league_broken_findings(league) : 0;
    if (broken > 0)
        fprintf(stderr, "hangup: %zu finding%s no longer so\n", broken, broken == 1 ? " is" : "s are");
    *status = broken == 0 ? EXIT_AS_EXPECTED : EXIT_FAILED;
    league_free(league);
    return shown;
}

static bool show_upgrade(const struct league_ground *ground, const struct run_result *run,
    const struct run_result *new_run, const struct league_options *options, struct error *error)
{
    struct league *before = league_of(ground, run, error),
                  *now = before != NULL ? league_of(ground, new_run, error) : NULL;
    struct upgrade *upgrade = now != NULL ? upgrade_new(before, now) : NULL;
    bool shown = upgrade != NULL && upgrade->cells_count > 0;
    if (shown)
        shown = print_upgrade_page(upgrade, options, error);
    else if (upgrade != NULL)
        (void)error_set(error, ERROR_INPUT, "%s and %s: no cell of the same scenario, subject and seed",
            options->arguments.words[0], options->upgrade);
    else if (now != NULL)
        (void)error_set(error, ERROR_LAB, "out of memory");
    upgrade_free(upgrade);
    league_free(now);
    league_free(before);
    return shown;
}

static bool open_ground(
    struct league_ground *ground, const struct league_options *options, struct error *error)
{
    *ground = (struct league_ground){.words = NULL};
    if (!paths_find(&ground->paths, error) ||
        !subject_list_read(&ground->subjects, ground->paths.root, error) ||
        !check_scenarios(&ground->subjects, &ground->paths, error))
        return false;
    if (options->subjects == NULL)
        return true;
    ground->words = strdup(options->subjects);
    ground->selection = ground->words != NULL ? split(ground->words) : NULL;
    return ground->selection != NULL || error_set(error, ERROR_LAB, "out of memory");
}

static void close_ground(struct league_ground *ground)
{
    subject_list_free(&ground->subjects);
    free(ground->selection);
    free(ground->words);
}

static bool rank_runs(const struct league_options *options, int *status, struct error *error)
{
    struct league_ground ground;
    struct run_result *run = NULL, *new_run = NULL;
    char *new_words[] = {(char *)(uintptr_t)options->upgrade, NULL};
    bool good = open_ground(&ground, options, error) &&
                (run = league_runs_read(&ground.paths, options->arguments.words,
                     (size_t)options->arguments.count, error)) != NULL &&
                (options->upgrade == NULL ||
                    (new_run = league_runs_read(&ground.paths, new_words, 1, error)) != NULL);
    *status = EXIT_AS_EXPECTED;
    if (good)
        good = new_run != NULL ? show_upgrade(&ground, run, new_run, options, error)
                               : show_league(&ground, run, options, status, error);
    run_result_free(new_run);
    run_result_free(run);
    close_ground(&ground);
    return good;
}

int command_league(int argc, char **argv)
{
    struct league_options options = {0};
    const struct command_option known[] = {{"subjects", NULL, &options.subjects},
        {"out", NULL, &options.file}, {"html", NULL, &options.html}, {"svg", NULL, &options.svg},
        {"upgrade", NULL, &options.upgrade}, {0}};
    struct error error = {0};
    int status;
    if (!command_arguments_parse_with(argc, argv, 1, -1, command_league_help, known, &options.arguments))
        return options.arguments.status;
    if (options.upgrade != NULL && (options.html != NULL || options.svg != NULL)) {
        (void)error_set(&error, ERROR_INPUT, "league: --upgrade has no --html and no --svg");
        return command_fail(&error);
    }
    return rank_runs(&options, &status, &error) ? status : command_fail(&error);
}
