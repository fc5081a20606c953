// From the request to the report: plan, program, folder, guest, and what came of them.
#include "exec/exec.h"

#include "base/clock.h"
#include "base/duration.h"
#include "exec/folder.h"
#include "exec/given.h"
#include "exec/internal.h"
#include "exec/report.h"
#include "exec/session.h"
#include "exec/setup.h"
#include "host/advice.h"
#include "host/guest_confine.h"
#include "host/guest_memory.h"
#include "host/image.h"
#include "host/paths.h"
#include "host/template.h"
#include "host/world.h"

#include <stdio.h>

// Of a program that has ended: its report, and what it was given.
static bool conclude(const struct exec_stage *stage, const struct folder *folder, double wall_s,
    struct exec_given *given, size_t typed, int *status, struct error *error)
{
    json_t *made = exec_report_make(stage->cell, folder, wall_s, error);
    if (made == NULL)
        return false;
    *status = exec_report_status(made, stage->options->strict);
    if (!stage->options->quiet || *status == EXEC_STATUS_FAILED)
        exec_report_print(stderr, made);
    bool written = exec_folder_write(folder, made, error) &&
                   (json_object_get(made, "failure") != NULL ||
                       exec_given_store(given, stage->paths, folder, typed, error));
    json_decref(made);
    return written;
}

static bool run_session(const struct exec_stage *stage, const struct exec_session_options *session,
    struct exec_given *given, int *status, struct error *error)
{
    const struct exec_options *options = stage->options;
    struct exec_session_end end = {0};
    struct folder folder;
    if (options->command == NULL && !options->quiet)
        fprintf(stderr,
            "hangup: a shell in host app, %s lab, %s: `psql` finds the database, `hangup fault silence --for 30s` breaks the path, `exit` leaves\n",
            lab_kind_name(options->lab), stage->cell->scenario->name);
    int64_t began_us = clock_now_us();
    if (!exec_session_run(session, &end, error))
        return false;
    if (end.signal != 0) {
        fprintf(stderr, "hangup: interrupted\n  %s\n", session->folder);
        *status = EXEC_STATUS_SIGNAL + end.signal;
        return true;
    }
    const double wall_s = (double)(clock_now_us() - began_us) / US_PER_S;
    if (!folder_open(&folder, session->folder, ERROR_LAB, error))
        return false;
    bool concluded = conclude(stage, &folder, wall_s, given, end.typed, status, error);
    folder_close(&folder);
    return concluded;
}

// A shell is typed to, and keys are not kept.
static bool is_worth_keeping(const struct exec_options *options)
{
    return options->command != NULL && !options->no_replay;
}

// Everything is known to be right from here on; the first side effects happen now.
bool exec_play(const struct exec_stage *stage, int *status, struct error *error)
{
    const struct exec_options *options = stage->options;
    char folder[PATH_MAX];
    struct guest_task task = {0};
    struct exec_given given = EXEC_GIVEN_NONE;
    const struct exec_session_options session = {.paths = stage->paths,
        .image = stage->image,
        .task = &task,
        .folder = folder,
        .program = stage->program,
        .seed = options->seed,
        .time_travel = options->lab == LAB_VIRTUAL,
        .disk_limit = options->disk_limit,
        .watchdog_us = options->watchdog_us,
        .muted = options->muted};
    bool ran = database_template_ensure(stage->paths, stage->image, stderr, task.database, error) &&
               exec_setup_folder(stage->paths, options, stage->cell, stage->program, &task, folder, error) &&
               (!is_worth_keeping(options) ||
                   exec_given_take(&given, stage->program, options->inside, folder, error)) &&
               run_session(stage, &session, &given, status, error);
    exec_given_free(&given);
    guest_task_free(&task);
    return ran;
}

bool exec_run(const struct exec_options *options, int *status, struct error *error)
{
    struct paths paths;
    if (!paths_find(&paths, error))
        return false;
    struct image image = IMAGE_NONE;
    struct cell *cell = exec_setup_cell(&paths, options, error); // what is written wrong is said first
    if (cell == NULL)
        return false;
    if (!advice_check_kernel(&paths, error) || !image_find(&image, &paths, options->image, error) ||
        !guest_confine_examine(options->sealed, stderr, error) || guest_memory_fits(1, NULL, error) == 0 ||
        !world_examine(&paths, &image, &cell->world, error)) {
        image_close(&image);
        cell_free(cell);
        return false;
    }
    struct exec_program *program = exec_setup_program(&paths, options, error);
    const struct exec_stage stage = {
        .options = options, .paths = &paths, .image = &image, .cell = cell, .program = program};
    bool ran = program != NULL && exec_play(&stage, status, error);
    exec_program_free(program);
    cell_free(cell);
    image_close(&image);
    return ran;
}
