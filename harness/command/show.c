// hangup show: a scenario as the lab will run it, or a subject as an application would write it.
#include "base/path.h"
#include "command/arguments.h"
#include "command/command.h"
#include "host/image.h"
#include "host/paths.h"
#include "plan/plan.h"
#include "report/subject_page.h"
#include "result/baseline.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char command_show_help[] =
    "usage: hangup show SCENARIO...\n"
    "       hangup show subject NAME[:STRATEGY]...\n"
    "\n"
    "Prints what hangup understands of each scenario, as JSON, with all defaults filled in and all durations in microseconds. Nothing is run.\n"
    "\n"
    "Of a subject: each of its settings as the code or configuration that an application has, to be pasted, with its versions and with what it was seen to do (results/baseline).\n"
    "\n"
    "  --help     this text\n";

static bool show_scenarios(char *const *words, size_t count, const char *root, struct error *error)
{
    static const char *const everyone[] = {"all"};
    const struct plan_request request = {.root = root,
        .scenarios = (const char *const *)words,
        .scenarios_count = count,
        .subjects = everyone,
        .subjects_count = 1,
        .shard = 1,
        .shards = 1};
    struct plan *plan = plan_resolve(&request, error);
    if (plan == NULL)
        return false;
    for (size_t i = 0; i < plan->scenarios_count; i++) {
        json_t *json = scenario_to_json(plan->scenarios[i]);
        json_dumpf(json, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(json);
    }
    plan_free(plan);
    return true;
}

// An installation may have none: then nothing is said of what was seen.
static struct run_result *read_recorded(const char *root, struct error *error)
{
    char path[PATH_MAX];
    path_format(path, "%s/results/baseline/" IMAGE_WITH_PEERS ".json", root);
    json_t *baseline = access(path, R_OK) == 0 ? baseline_read(path, error) : baseline_new();
    struct run_result *run = baseline != NULL ? baseline_run(baseline, IMAGE_WITH_PEERS, error) : NULL;
    json_decref(baseline);
    return run;
}

static bool show_settings(const struct subject *subject, const char *strategy,
    const struct run_result *recorded, struct error *error)
{
    struct league *league = league_new(recorded, &subject, 1, NULL);
    if (league == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    report_subject_print(stdout, subject, strategy, league);
    league_free(league);
    return true;
}

// Of a subject without a strategy all of its choices follow each other.
static bool show_choices(
    const struct plan_choices *choices, const struct run_result *recorded, struct error *error)
{
    bool shown = true;
    for (size_t i = 0, end; shown && i < choices->count; i = end) {
        const struct plan_choice *choice = &choices->choices[i];
        for (end = i + 1; end < choices->count && choices->choices[end].subject == choice->subject;)
            end++;
        if (i > 0)
            putchar('\n');
        shown = show_settings(choice->subject, end == i + 1 ? choice->strategy->name : NULL, recorded, error);
    }
    return shown;
}

static bool show_subjects(char *const *words, size_t count, const char *root, struct error *error)
{
    struct plan_choices choices = {0};
    const struct plan_request request = {
        .root = root, .subjects = (const char *const *)words, .subjects_count = count};
    if (count == 0)
        return error_set(
            error, ERROR_INPUT, "show subject: expected a subject's name, as sqlalchemy or sqlalchemy:tuned");
    struct run_result *recorded = read_recorded(root, error);
    bool shown = recorded != NULL && plan_choose_subjects(&request, &choices, error) &&
                 show_choices(&choices, recorded, error);
    plan_choices_free(&choices);
    run_result_free(recorded);
    return shown;
}

int command_show(int argc, char **argv)
{
    struct command_arguments arguments;
    struct paths paths;
    struct error error = {0};
    int status;
    if (!command_arguments_parse(argc, argv, 1, 1000, command_show_help, &arguments, &status))
        return status;
    const size_t count = (size_t)arguments.count;
    bool shown = paths_find(&paths, &error);
    if (shown && strcmp(arguments.words[0], "subject") == 0)
        shown = show_subjects(arguments.words + 1, count - 1, paths.root, &error);
    else if (shown)
        shown = show_scenarios(arguments.words, count, paths.root, &error);
    return shown ? EXIT_AS_EXPECTED : command_fail(&error);
}
