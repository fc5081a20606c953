// From the request to the report: plan, program, folder, guest, and what came of them.
#include "exec/exec.h"

#include "base/clock.h"
#include "base/duration.h"
#include "exec/folder.h"
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

static bool print_exec_report(const struct exec_options *options, const struct cell *cell, const char *path,
    double wall_s, int *status, struct error *error)
{
    struct folder folder;
    if (!folder_open(&folder, path, ERROR_LAB, error))
        return false;
    json_t *made = exec_report_make(cell, &folder, wall_s, error);
    bool written = made != NULL && exec_folder_write(&folder, made, error);
    folder_close(&folder);
    if (made == NULL)
        return false;
    *status = exec_report_status(made, options->strict);
    if (!options->quiet || *status == EXEC_STATUS_FAILED)
        exec_report_print(stderr, made);
    json_decref(made);
    return written;
}

static bool run_session(const struct exec_options *options, const struct exec_session_options *session,
    const struct cell *cell, int *status, struct error *error)
{
    int signal = 0;
    if (options->command == NULL && !options->quiet)
        fprintf(stderr,
            "hangup: a shell in host app, %s lab, %s: `psql` finds the database, `hangup fault silence --for 30s` breaks the path, `exit` leaves\n",
            lab_kind_name(options->lab), cell->scenario->name);
    int64_t began_us = clock_now_us();
    bool ran = exec_session_run(session, &signal, error);
    if (!ran)
        return false;
    if (signal != 0) {
        fprintf(stderr, "hangup: interrupted\n  %s\n", session->folder);
        *status = EXEC_STATUS_SIGNAL + signal;
        return true;
    }
    return print_exec_report(
        options, cell, session->folder, (double)(clock_now_us() - began_us) / US_PER_S, status, error);
}

// Everything is known to be right from here on; the first side effects happen now.
static bool prepare_and_run(const struct exec_options *options, const struct paths *paths,
    const struct image *image, const struct cell *cell, struct exec_program *program, int *status,
    struct error *error)
{
    char folder[PATH_MAX];
    struct guest_task task = {0};
    const struct exec_session_options session = {.paths = paths,
        .image = image,
        .task = &task,
        .folder = folder,
        .program = program,
        .seed = options->seed,
        .time_travel = options->lab == LAB_VIRTUAL,
        .disk_limit = options->disk_limit,
        .watchdog_us = options->watchdog_us};
    bool ran = database_template_ensure(paths, image, stderr, task.database, error) &&
               exec_setup_folder(paths, options, cell, program, &task, folder, error) &&
               run_session(options, &session, cell, status, error);
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
    bool ran = program != NULL && prepare_and_run(options, &paths, &image, cell, program, status, error);
    exec_program_free(program);
    cell_free(cell);
    image_close(&image);
    return ran;
}
