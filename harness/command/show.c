// hangup show: a scenario as the lab will run it.
#include "command/arguments.h"
#include "command/command.h"
#include "host/paths.h"
#include "plan/plan.h"

#include <stdio.h>

const char command_show_help[] =
    "usage: hangup show SCENARIO...\n"
    "\n"
    "Prints what hangup understands of each scenario, as JSON, with all defaults filled in and all durations in microseconds. Nothing is run.\n"
    "\n"
    "  --help     this text\n";

static bool show_scenario(const struct command_arguments *arguments, struct error *error)
{
    struct paths paths;
    static const char *const everyone[] = {"all"};
    if (!paths_find(&paths, error))
        return false;
    const struct plan_request request = {.root = paths.root,
        .scenarios = (const char *const *)arguments->words,
        .scenarios_count = (size_t)arguments->count,
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

int command_show(int argc, char **argv)
{
    struct command_arguments arguments;
    struct error error = {0};
    int status;
    if (!command_arguments_parse(argc, argv, 1, 1000, command_show_help, &arguments, &status))
        return status;
    return show_scenario(&arguments, &error) ? EXIT_AS_EXPECTED : command_fail(&error);
}
