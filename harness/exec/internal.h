// Running a program whose plan, world and surroundings are known: what `hangup exec` and `hangup replay`
// share.
#ifndef HANGUP_EXEC_INTERNAL_H
#define HANGUP_EXEC_INTERNAL_H

#include "contract/program.h"
#include "exec/options.h"
#include "host/image.h"
#include "plan/plan.h"

struct exec_stage {
    const struct exec_options *options;
    const struct paths *paths;
    const struct image *image;
    const struct cell *cell;
    const struct exec_program *program;
};

// Makes the folder, runs the program in a guest, and leaves the report. As exec_run.
bool exec_play(const struct exec_stage *stage, int *status, struct error *error) MUST_CHECK;

#endif
