// What a run is held to beside its expectations: the user's own bar, and what was recorded.
#ifndef HANGUP_COMMAND_RUN_BAR_H
#define HANGUP_COMMAND_RUN_BAR_H

#include "command/command.h"
#include "command/run_options.h"
#include "host/image.h"

struct run_bar {
    char path[PATH_MAX]; // of the baseline
    json_t *baseline;    // NULL: nobody asked for it
};

// Reads the baseline, so that a wrong file is told before anything runs. To be closed whatever the result.
bool run_bar_open(struct run_bar *bar, const struct paths *paths, const struct image *image,
    const struct run_options *options, struct error *error) MUST_CHECK;
void run_bar_close(struct run_bar *bar);

// Says on standard error what does not pass, and which class pools without one behave like; makes `*status`
// worse where something does not pass. With --accept it writes the baseline.
bool run_bar_judge(const struct run_bar *bar, const struct run_options *options, const struct plan *plan,
    const struct run_result *result, int *status, struct error *error) MUST_CHECK;

#endif
