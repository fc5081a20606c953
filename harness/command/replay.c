// hangup replay: the same bytes again, and word when they are not.
#include "base/directory.h"
#include "base/invocation.h"
#include "base/path.h"
#include "command/arguments.h"
#include "command/cell_argument.h"
#include "command/command.h"
#include "command/output.h"
#include "exec/folder.h"
#include "host/advice.h"
#include "host/guest_disk.h"
#include "host/image.h"
#include "host/paths.h"
#include "host/schedule.h"
#include "host/template.h"
#include "host/world.h"
#include "result/difference.h"
#include "trace/event.h"
#include "trace/times.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char command_replay_help[] =
    "usage: hangup replay CELL\n"
    "\n"
    "Runs a stored cell again, with its seed, and compares the bytes of its events and packets. " CELL_ARGUMENT_HELP
    " When they differ, the first event and the first packet that do are shown side by side, and both cells are kept.\n"
    "\n"
    "What `hangup exec` has run cannot be replayed from its folder, because the program's input and environment are not kept; `hangup report` tells what happened there.\n"
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

// As a cell the program of `hangup exec` would be taken for an adapter.
static bool read_replayed_cell(struct replay *replay, struct error *error)
{
    replay->cell = cell_read(&replay->stored, error);
    if (replay->cell == NULL || strcmp(replay->cell->subject, EXEC_SUBJECT) != 0)
        return replay->cell != NULL;
    char *path = shell_word(replay->stored.path);
    error_set(error, ERROR_INPUT,
        "%s/plan.json: written by `hangup exec`: expected the plan of a run's cell; the program's environment and input are not kept, so `%s report %s` tells again what happened, and only the same `hangup exec` with --seed %" PRIu64
        " runs it again",
        replay->stored.path, invocation_name(), path != NULL ? path : "FOLDER", replay->cell->seed);
    free(path);
    return false;
}

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

// The cache may still have the plan's image beside a newer one of the same name.
static bool find_planned_image(
    const struct replay *replay, const struct paths *paths, struct image *image, struct error *error)
{
    const struct world *planned = &replay->cell->world;
    char path[PATH_MAX];
    path_format(path, "%s/%s-%.16s.erofs", paths->images, planned->image, planned->image_sha256);
    const char *wanted = planned->image_sha256[0] == '\0' ? NULL
                         : access(path, R_OK) == 0        ? path
                                                          : planned->image;
    return image_find(image, paths, getenv("HANGUP_IMAGE") != NULL ? NULL : wanted, error);
}

// Another image is another world: nothing there would be the same. Another kernel or other programs may be.
static bool check_planned_world(
    const struct replay *replay, const struct paths *paths, const struct image *image, struct error *error)
{
    const struct world *planned = &replay->cell->world;
    struct world world;
    if (planned->image_sha256[0] == '\0')
        return true;
    if (strcmp(planned->image_sha256, image->sha256) != 0)
        return error_set(error, ERROR_INPUT,
            "%s/plan.json: its image is %s with the digest %.16s, and the one here has %.16s: HANGUP_IMAGE=FILE names that one, or run the scenario anew",
            replay->stored.path, planned->image, planned->image_sha256, image->sha256);
    if (!world_examine(paths, image, &world, error))
        return false;
    if (strcmp(planned->kernel_sha256, world.kernel_sha256) != 0)
        fputs(
            "hangup: the guest kernel is another than the plan's: other bytes are to be expected\n", stderr);
    if (strcmp(planned->programs_sha256, world.programs_sha256) != 0)
        fputs("hangup: hangup-lab or an adapter is another than the plan's: other bytes may come of it\n",
            stderr);
    return true;
}

static bool replay_cell(struct replay *replay, const struct paths *paths, struct error *error)
{
    struct image image;
    if (!advice_check_kernel(paths, error) || !find_planned_image(replay, paths, &image, error))
        return false;
    bool ran = check_planned_world(replay, paths, &image, error) && run_again(replay, paths, &image, error);
    image_close(&image);
    return ran;
}

static bool same_digest(const struct replay *replay, const char *name, const char *digest_again)
{
    char digest[DIGEST_TEXT_SIZE];
    digest_file_in(&replay->stored, name, digest);
    bool equal = digest[0] != '\0' && strcmp(digest, digest_again) == 0;
    printf("%-13s %s  %s\n", name, equal ? "same     " : "different", digest);
    if (!equal)
        printf("%-13s %s  %s\n", "", "now      ", digest_again);
    return equal;
}

// What can be told of it: a file that cannot be read is told as that.
static void show_differences(const struct replay *replay, bool events, bool packets)
{
    struct folder now;
    struct error error = {0};
    if (!folder_enter(&replay->again, replay->cell->name, &now, ERROR_LAB, &error)) {
        command_say(&error);
        return;
    }
    json_t *trace = trace_event_read_in(&replay->stored, &error);
    const int64_t zero_us = trace != NULL ? trace_times_of(trace).zero_us : -1;
    json_decref(trace);
    bool shown = (events || difference_of_events(&replay->stored, &now, stdout, &error)) &&
                 (packets ||
                     difference_of_packets(&replay->stored, &now, zero_us < 0 ? 0 : zero_us, stdout, &error));
    folder_close(&now);
    if (!shown)
        command_say(&error);
}

static int compare_digests(const struct replay *replay)
{
    const struct cell_result *again = &replay->result->cells[0];
    bool events = same_digest(replay, "events.jsonl", again->events_sha256);
    bool packets = same_digest(replay, "capture.pcap", again->pcap_sha256);
    printf("%s: %s, now %s\n", replay->cell->name,
        events && packets ? "the same bytes again" : "not the same bytes",
        outcome_name(again->verdict->outcome));
    if (again->verdict->outcome == OUTCOME_ERROR)
        return EXIT_CELL_ERROR;
    if (events && packets) {
        folder_remove(replay->again_path);
        return EXIT_AS_EXPECTED;
    }
    show_differences(replay, events, packets);
    printf("%s/%s\n", replay->again_path, replay->cell->name);
    return EXIT_FAILED;
}

int command_replay(int argc, char **argv)
{
    struct command_arguments arguments;
    struct paths paths;
    struct error error = {0};
    int status;
    if (!command_arguments_parse(argc, argv, 1, 1, command_replay_help, &arguments, &status))
        return status;
    struct replay replay = {.stored = {.fd = -1}, .again = {.fd = -1}};
    const char *temporary = getenv("TMPDIR");
    path_format(replay.again_path, "%s/hangup-replay-XXXXXX", temporary != NULL ? temporary : "/tmp");
    char cell[PATH_MAX];
    bool ran = paths_find(&paths, &error) &&
               cell_argument_find(paths.results, arguments.words[0], cell, &error) &&
               folder_open(&replay.stored, cell, ERROR_INPUT, &error) &&
               read_replayed_cell(&replay, &error) && replay_cell(&replay, &paths, &error);
    status = ran ? compare_digests(&replay) : command_fail(&error);
    run_result_free(replay.result);
    cell_free(replay.cell);
    folder_close(&replay.stored);
    folder_close(&replay.again);
    return status;
}
