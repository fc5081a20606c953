// Runs the cells of a plan, side by side, one guest each, and gathers their verdicts.
#ifndef HANGUP_RUN_SCHEDULE_H
#define HANGUP_RUN_SCHEDULE_H

#include "error.h"
#include "paths.h"
#include "plan.h"
#include "run_result.h"

struct run_schedule_options {
    const struct paths *paths;
    const struct plan *plan;
    const char *folder;   // of the run; it exists
    const char *database; // the database template
    unsigned jobs;        // guests at once
    bool resume;          // take what is in the folder of an earlier run
    bool show_progress;   // on standard error, which is a terminal
};

// Fills `result`. SIGINT, SIGTERM and SIGHUP end all guests: `*interrupted` is set, what is done is kept, and
// the cells that did not come to an end stay empty. False: a cell's folder could not be written.
bool run_schedule(const struct run_schedule_options *options, struct run_result *result, bool *interrupted,
    struct error *error) MUST_CHECK;

#endif
