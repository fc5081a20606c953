// The subcommands. Each takes its own arguments (argv[0] is its name) and returns the program's exit status.
#ifndef HANGUP_COMMAND_COMMAND_H
#define HANGUP_COMMAND_COMMAND_H

#include "base/error.h"

enum exit_status {
    EXIT_AS_EXPECTED = 0,
    EXIT_FAILED = 1,       // a verdict failed, or --fail-on was met
    EXIT_USAGE = 2,        // the command line or a file is wrong
    EXIT_CELL_ERROR = 3,   // a cell could not be run
    EXIT_NOTHING_RAN = 4,  // every cell was skipped, or there was none
    EXIT_INTERRUPTED = 130 // SIGINT, as shells have it
};

int command_run(int argc, char **argv);
int command_exec(int argc, char **argv);
int command_shell(int argc, char **argv);
int command_fault(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_sweep(int argc, char **argv);
int command_search(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_league(int argc, char **argv);
int command_merge(int argc, char **argv);
int command_report(int argc, char **argv);
int command_why(int argc, char **argv);
int command_atlas(int argc, char **argv);
int command_advise(int argc, char **argv);
int command_diagnose(int argc, char **argv);
int command_list(int argc, char **argv);
int command_init_subject(int argc, char **argv);
int command_show(int argc, char **argv);
int command_schema(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_cache_key(int argc, char **argv);
int command_complete(int argc, char **argv);

// What `hangup help COMMAND` prints, as help_print takes it. Completion and the manual pages are made of it:
// each option is one line, "  --name VALUE  description"; VALUE is a name of what there is (SCENARIO,
// SUBJECT...), or words with "|" between them.
extern const char command_advise_help[], command_cache_key_help[];
extern const char command_compare_help[], command_complete_help[], command_diagnose_help[],
    command_doctor_help[], command_fault_help[], command_init_subject_help[], command_league_help[],
    command_list_help[], command_merge_help[], command_replay_help[], command_report_help[],
    command_schema_help[], command_show_help[], command_why_help[], command_sweep_help[],
    command_search_help[];

// Prints the error on standard error, as one line that no terminal obeys.
void command_say(const struct error *error);
// The same; returns the status for it.
int command_fail(const struct error *error);

#endif
