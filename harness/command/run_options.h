// The command line of `hangup run`.
#ifndef HANGUP_COMMAND_RUN_OPTIONS_H
#define HANGUP_COMMAND_RUN_OPTIONS_H

#include "base/error.h"
#include "plan/plan.h"
#include "report/report.h"
#include "result/bar.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_options {
    const char *const *scenarios; // these point into argv
    size_t scenarios_count;
    const char **subjects; // owned; the texts point into argv
    size_t subjects_count;
    const char *image;    // a name or a file; NULL: the default
    const char *conninfo; // added to the scenarios' own; NULL: nothing
    enum lab_kind lab;
    uint64_t seed;
    unsigned jobs;
    unsigned shard, shards;
    const char *folder;             // NULL: a new one below results/
    bool quiet;                     // nothing of each cell as it ends
    bool dry_run;                   // the plan, and nothing is run
    bool cold;                      // each cell is booted
    bool verbose;                   // says why
    bool name_report;               // says where the page is
    bool resume;                    // resume the run in `folder`
    int64_t disk_limit;             // of each cell, in bytes
    bool sealed;                    // only behind the whole wall of guest_confine.h
    struct bar bar;                 // --fail-on
    const char *against;            // what was recorded; NULL: of the image, where it is accepted
    bool accept;                    // record this run
    const struct report *report;    // --format: what is printed
    uint64_t first_seed, last_seed; // --seeds, of a search
    bool all;                       // a search goes on after a failure
    bool coverage;                  // a search prefers what showed something new
    bool retry;                     // of a sweep: the application does again what failed
    char *const *command;           // of a sweep, behind `--`, NULL-terminated; NULL: none
    int64_t timeout_us;             // of that command, on the lab's clock; 0: as of exec
    bool inside;                    // that command is the image's
    unsigned depth;                 // of a sweep: steps of its faults that come at each moment
    bool help;
};

// Options and scenarios in any order. ERROR_INPUT says what was expected.
bool run_options_parse(int argc, char **argv, struct run_options *options, struct error *error) MUST_CHECK;
// Those of `hangup sweep` and `hangup search`, in the same way.
bool run_options_parse_sweep(
    int argc, char **argv, struct run_options *options, struct error *error) MUST_CHECK;
bool run_options_parse_search(
    int argc, char **argv, struct run_options *options, struct error *error) MUST_CHECK;
void run_options_free(struct run_options *options);

extern const char run_options_help[];

#endif
