// In the order in which the help lists them.
#include "command/commands.h"

#include "command/atlas_options.h"
#include "command/command.h"
#include "command/run_options.h"
#include "exec/options.h"

#include <string.h>

const struct command commands[] = {
    {"run", "run scenarios against pools and say what the application saw", run_options_help, command_run},
    {"exec", "run any program in the lab, while a scenario's faults happen", exec_options_help, command_exec},
    {"shell", "open a shell in the lab", exec_options_shell_help, command_shell},
    {"fault", "inside exec or shell: make a fault happen now", command_fault_help, command_fault},
    {"replay", "run a stored cell again and compare its bytes", command_replay_help, command_replay},
    {"sweep", "place a scenario's fault at every packet, and say where the outcome changes",
        command_sweep_help, command_sweep},
    {"search", "vary a scenario until it fails, and say by what", command_search_help, command_search},
    {"compare", "compare two runs, two labs or two pools cell by cell", command_compare_help,
        command_compare},
    {"league", "rank the pools of stored runs by what they did to the application", command_league_help,
        command_league},
    {"merge", "make one run of several", command_merge_help, command_merge},
    {"report", "judge a stored run again and show it; or what exec has run", command_report_help,
        command_report},
    {"why", "tell in words what happened in a stored cell", command_why_help, command_why},
    {"atlas", "record what each client says to each kind of hang-up", atlas_options_help, command_atlas},
    {"diagnose", "say which hang-ups a text of a log stands for", command_diagnose_help, command_diagnose},
    {"advise", "say which setting of a pool to take against what you fear", command_advise_help,
        command_advise},
    {"list", "list scenarios, subjects or faults", command_list_help, command_list},
    {"show", "print what hangup understands of a scenario", command_show_help, command_show},
    {"schema", "print the JSON Schema of scenarios, for editors", command_schema_help, command_schema},
    {"init-subject", "write the beginning of an adapter for a pool of your own", command_init_subject_help,
        command_init_subject},
    {"doctor", "say what this machine can do, what is missing, and what fixes it", command_doctor_help,
        command_doctor},
    {"cache-key", "print the key under which a CI keeps the kernel and the images", command_cache_key_help,
        command_cache_key},
    {"complete", "say which words may come next, for the completion of shells", command_complete_help,
        command_complete},
};
const size_t commands_count = sizeof(commands) / sizeof(commands[0]);

const struct command *command_by_name(const char *name)
{
    for (size_t i = 0; i < commands_count; i++)
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    return NULL;
}
