// hangup replay: the same bytes again, and word when they are not.
#include "base/directory.h"
#include "base/path.h"
#include "command/arguments.h"
#include "command/cell_argument.h"
#include "command/command.h"
#include "command/output.h"
#include "command/replay_program.h"
#include "exec/folder.h"
#include "host/advice.h"
#include "host/guest_disk.h"
#include "host/image.h"
#include "host/paths.h"
#include "host/planned.h"
#include "host/schedule.h"
#include "host/template.h"
#include "result/difference.h"
#include "trace/event.h"
#include "trace/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char command_replay_help[] =
    "usage: hangup replay CELL|FOLDER\n"
    "\n"
    "Runs a stored cell again, with its seed, and compares the bytes of its events and packets. " CELL_ARGUMENT_HELP
    " When they differ, the first event and the first packet that do are shown side by side, and both cells are kept.\n"
    "\n"
    "What `hangup exec` has run is replayed from its results folder: with the same arguments, input and environment, as far as they were kept, and what was not, or is another now, is named first. Its output is compared, too. It runs as you, and writes to no folder of this machine.\n"
    "\n"
    "Exit status: 0 the same bytes, 1 other bytes, 2 the command line or a file is wrong, 3 the cell could not be run.\n"
    "\n"
    "  --help      this text\n";

struct replay {
    struct folder stored; // the cell's
    char again_path[PATH_MAX];
    struct folder again; // a run of this one cell
    struct cell *cell;
    struct run_result *result;
};

static bool run_again(
    struct replay *replay, const struct paths *paths, const struct image *image, struct error *error)
{
    struct plan plan = {.cells = &replay->cell, .cells_count = 1};
    char database[PATH_MAX];
    bool interrupted;
    if (mkdtemp(replay->again_path) == NULL)
        return error_set_errno(error, ERROR_LAB, "%s", replay->again_path);
    if (!folder_open(&replay->again, replay->again_path, ERROR_LAB, error) ||
        !database_template_ensure(paths, image, stderr, database, error))
        return false;
    replay->result = run_result_new(lab_kind_name(replay->cell->lab), NULL, NULL, replay->cell->seed, 1);
    if (replay->result == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    const struct run_schedule_options schedule = {.paths = paths,
        .image = image,
        .plan = &plan,
        .folder = &replay->again,
        .database = database,
        .jobs = 1,
        .disk_limit = GUEST_DISK_LIMIT};
    if (!run_schedule(&schedule, replay->result, &interrupted, error))
        return false;
    return !interrupted && replay->result->cells[0].verdict != NULL
               ? true
               : error_set(error, ERROR_LAB, "interrupted");
}

static bool replay_cell(struct replay *replay, const struct paths *paths, struct error *error)
{
    struct image image;
    if (!advice_check_kernel(paths, error) || !planned_image_find(replay->cell, paths, &image, error))
        return false;
    bool ran = planned_world_check(replay->cell, replay->stored.path, paths, &image, stderr, error) &&
               run_again(replay, paths, &image, error);
    image_close(&image);
    return ran;
}

static int compare_digests(const struct replay *replay)
{
    const struct cell_result *again = &replay->result->cells[0];
    struct folder now;
    struct error error = {0};
    if (!folder_enter(&replay->again, replay->cell->name, &now, ERROR_LAB, &error))
        return command_fail(&error);
    bool same = replay_compare_traces(&replay->stored, &now, true);
    folder_close(&now);
    printf("%s: %s, now %s\n", replay->cell->name, same ? "the same bytes again" : "not the same bytes",
        outcome_name(again->verdict->outcome));
    if (again->verdict->outcome == OUTCOME_ERROR)
        return EXIT_CELL_ERROR;
    if (same) {
        folder_remove(replay->again_path);
        return EXIT_AS_EXPECTED;
    }
    printf("%s/%s\n", replay->again_path, replay->cell->name);
    return EXIT_FAILED;
}

static int replay_stored(struct replay *replay, const struct paths *paths, struct error *error)
{
    if ((replay->cell = cell_read(&replay->stored, error)) == NULL)
        return command_fail(error);
    if (strcmp(replay->cell->subject, EXEC_SUBJECT) == 0)
        return replay_program(&replay->stored, replay->cell, replay->again_path);
    return replay_cell(replay, paths, error) ? compare_digests(replay) : command_fail(error);
}

int command_replay(int argc, char **argv)
{
    struct command_arguments arguments;
    struct paths paths;
    struct error error = {0};
    char cell[PATH_MAX];
    int status;
    if (!command_arguments_parse(argc, argv, 1, 1, command_replay_help, &arguments, &status))
        return status;
    struct replay replay = {.stored = {.fd = -1}, .again = {.fd = -1}};
    const char *temporary = getenv("TMPDIR");
    path_format(replay.again_path, "%s/hangup-replay-XXXXXX", temporary != NULL ? temporary : "/tmp");
    bool found = paths_find(&paths, &error) &&
                 cell_argument_find(paths.results, arguments.words[0], cell, &error) &&
                 folder_open(&replay.stored, cell, ERROR_INPUT, &error);
    status = found ? replay_stored(&replay, &paths, &error) : command_fail(&error);
    run_result_free(replay.result);
    cell_free(replay.cell);
    folder_close(&replay.stored);
    folder_close(&replay.again);
    return status;
}
