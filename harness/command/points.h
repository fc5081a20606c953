// How cells that were made of one scenario's cell are run, for `hangup sweep` and `hangup search`: the one
// place that says so.
#ifndef HANGUP_COMMAND_POINTS_H
#define HANGUP_COMMAND_POINTS_H

#include "command/run_options.h"
#include "host/image.h"
#include "host/schedule.h"

// What such cells run on. To be closed whatever the result.
struct points_ground {
    const struct run_options *options;
    struct paths paths;
    struct image image;
    struct world world;
    struct plan *plan; // the scenario's own cells, one a subject; NULL: of a program
    struct folder folder;
    char database[PATH_MAX];
    struct run_schedule_options schedule; // of all but the cells
    bool interrupted;
};

// Of options->scenarios and options->subjects, of which there has to be one. `name` ends that of a new folder
// below results/.
bool points_open(struct points_ground *ground, const struct run_options *options, const char *name,
    struct error *error) MUST_CHECK;
// The same where a program stands in the subjects' place: there is no plan. `check_program` says what is
// wrong with it before anything is made.
bool points_open_for_program(struct points_ground *ground, const struct run_options *options,
    bool (*check_program)(void *whom, const struct paths *paths, struct error *error), void *whom,
    const char *name, struct error *error) MUST_CHECK;
void points_close(struct points_ground *ground);

// Runs the cells; one that has its folder already is taken from there. `ground->interrupted`: a signal came.
// The result is the caller's.
bool points_run(struct points_ground *ground, struct cell **cells, size_t count, struct run_result **result,
    struct error *error) MUST_CHECK;

#endif
