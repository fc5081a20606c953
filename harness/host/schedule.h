// Runs the cells of a plan, side by side, one guest each, and gathers their verdicts.
#ifndef HANGUP_HOST_SCHEDULE_H
#define HANGUP_HOST_SCHEDULE_H

#include "base/folder.h"
#include "host/image.h"
#include "host/paths.h"
#include "plan/plan.h"
#include "result/result.h"

struct run_schedule_options {
    const struct paths *paths;
    const struct plan *plan;
    const struct folder *folder; // of the run
    const struct image *image;
    const char *database; // the database template
    unsigned jobs;        // guests at once
    int64_t disk_limit;   // of each cell, in bytes
    bool fork;            // cells that begin alike share a trunk
    bool verbose;         // says on standard error which do not, and why
    bool resume;          // take what is in the folder of an earlier run
    bool show_progress;   // on standard error, which is a terminal
    // Told of each cell as it ends, with the caller's own word first; NULL: nobody is.
    void (*ended)(void *whom, const struct cell_result *cell, size_t done, size_t total);
    void *whom;
};

// Fills `result`. SIGINT, SIGTERM and SIGHUP end all guests: `*interrupted` is set, what is done is kept, and
// the cells that did not come to an end stay empty. False: a cell's folder could not be written.
bool run_schedule(const struct run_schedule_options *options, struct run_result *result, bool *interrupted,
    struct error *error) MUST_CHECK;

#endif
