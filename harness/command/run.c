// hangup run: plan, template, guests, reports.
#include "base/clock.h"
#include "base/directory.h"
#include "base/duration.h"
#include "base/help.h"
#include "base/path.h"
#include "command/command.h"
#include "command/output.h"
#include "command/run_bar.h"
#include "command/run_options.h"
#include "host/advice.h"
#include "host/guest_confine.h"
#include "host/guest_memory.h"
#include "host/guest_mode.h"
#include "host/image.h"
#include "host/paths.h"
#include "host/results_folder.h"
#include "host/schedule.h"
#include "host/template.h"
#include "host/world.h"
#include "report/cell_line.h"

#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool choose_run_folder(const struct paths *paths, const struct run_options *options, const char *stamp,
    struct folder *folder, struct error *error)
{
    char name[CLOCK_TEXT_SIZE + 32], absolute[PATH_MAX];
    snprintf(name, sizeof(name), "%s-%" PRIu64, stamp, options->seed);
    if (!results_folder_make(paths, options->folder, name, absolute, error))
        return false;
    if (!folder_open(folder, absolute, ERROR_INPUT, error))
        return false;
    if (options->resume || run_output_clear(folder, error))
        return true;
    folder_close(folder);
    return false;
}

static struct plan *resolve_run(const struct paths *paths, const struct image *image,
    const struct world *world, const struct run_options *options, struct error *error)
{
    const struct plan_request request = {.image = image->files,
        .world = world,
        .root = paths->root,
        .scenarios = options->scenarios,
        .scenarios_count = options->scenarios_count,
        .subjects = (const char *const *)options->subjects,
        .subjects_count = options->subjects_count,
        .seed = options->seed,
        .lab = options->lab,
        .shard = options->shard,
        .shards = options->shards};
    return plan_resolve(&request, error);
}

// "kernel-7.3.4-1-...": the folder that scripts/build-kernel.sh named after the version and its recipe. The
// way in which it catches calls is told where it is the slow one: the bytes of a cell depend on it.
static void name_kernel(const struct paths *paths, char name[static PATH_MAX])
{
    char path[PATH_MAX];
    path_format(path, "%s", paths->kernel);
    path_format(name, "%s%s", basename(dirname(path)), guest_mode_is_seccomp(paths) ? "" : ", ptrace");
}

static bool run_plan_cells(const struct run_schedule_options *schedule, const struct run_options *options,
    const struct run_bar *bar, struct run_result *result, int64_t began_us, int *status, struct error *error)
{
    bool interrupted;
    bool ran = run_schedule(schedule, result, &interrupted, error);
    result->wall_s = (double)(clock_now_us() - began_us) / US_PER_S;
    ran = ran && reports_write(schedule->folder, result, error) &&
          run_output_print(result, schedule->folder, options->report, error);
    *status = interrupted ? EXIT_INTERRUPTED : (int)run_output_status(result);
    return ran && run_bar_judge(bar, options, schedule->plan, result, status, error);
}

// A program that reads JSON gets nothing else; a person at a terminal sees the table soon, and progress until
// then.
static bool streams_cells(const struct run_options *options)
{
    return !options->quiet && options->report == REPORT_DEFAULT && !isatty(STDOUT_FILENO);
}

static bool print_plan(const struct plan *plan)
{
    for (size_t i = 0; i < plan->cells_count; i++) {
        const struct cell *cell = plan->cells[i];
        printf("%s  %s", cell->scenario->name, cell->subject);
        if (cell->missing != NULL)
            printf("  skipped: %s", cell->missing);
        putchar('\n');
    }
    printf("%zu cells\n", plan->cells_count);
    return true;
}

// What cells run on.
struct ground {
    const struct paths *paths;
    const struct image *image;
    const struct world *world;
};

// Everything is known to be right from here on; the first side effects happen now.
static bool run_plan(const struct ground *ground, const struct run_options *options,
    const struct run_bar *bar, const struct plan *plan, int *status, struct error *error)
{
    const struct paths *paths = ground->paths;
    char started[CLOCK_TEXT_SIZE], stamp[CLOCK_TEXT_SIZE], database[PATH_MAX], kernel[PATH_MAX];
    struct folder folder;
    int64_t began_us = clock_now_us(), realtime_us = began_us + clock_realtime_offset_us();
    clock_format_utc(realtime_us, 0, started);
    clock_format_utc(realtime_us, 1, stamp);
    const unsigned wanted = options->jobs < plan->cells_count ? options->jobs : (unsigned)plan->cells_count;
    const unsigned jobs = guest_memory_fits(wanted, stderr, error);
    if (jobs == 0 || !database_template_ensure(paths, ground->image, stderr, database, error) ||
        !choose_run_folder(paths, options, stamp, &folder, error))
        return false;
    name_kernel(paths, kernel);
    struct run_result *result = run_result_new(
        lab_kind_name(options->lab), kernel, started, options->seed, plan->cells_count);
    const struct run_schedule_options schedule = {.paths = paths,
        .image = ground->image,
        .plan = plan,
        .folder = &folder,
        .database = database,
        .jobs = jobs,
        .disk_limit = options->disk_limit,
        .resume = options->resume,
        .show_progress = isatty(STDERR_FILENO) && !options->quiet,
        .ended = streams_cells(options) ? cell_line_print : NULL,
        .whom = stdout};
    if (result != NULL)
        result->world = *ground->world;
    bool ran = result != NULL ? run_plan_cells(&schedule, options, bar, result, began_us, status, error)
                              : error_set(error, ERROR_LAB, "out of memory");
    run_result_free(result);
    folder_close(&folder);
    return ran;
}

static bool run_chosen_plan(const struct run_options *options, int *status, struct error *error)
{
    struct paths paths;
    struct image image;
    struct error no_image = {0};
    if (!paths_find(&paths, error))
        return false;
    // What is wrong with the user's own words and files is told first.
    const bool found = image_find(&image, &paths, options->image, &no_image);
    struct world world = {.image = ""};
    if (found && paths.kernel[0] != '\0' && !world_examine(&paths, &image, &world, error)) {
        image_close(&image);
        return false;
    }
    struct plan *plan = resolve_run(&paths, &image, &world, options, error);
    if (plan != NULL && options->dry_run) {
        bool printed = print_plan(plan);
        plan_free(plan);
        image_close(&image);
        return printed;
    }
    bool ready = plan != NULL && (no_image.category == ERROR_INPUT || advice_check_kernel(&paths, error));
    if (ready && !found) {
        *error = no_image;
        ready = false;
    }
    const struct ground ground = {.paths = &paths, .image = &image, .world = &world};
    struct run_bar bar = {.baseline = NULL};
    bool ran = ready && run_bar_open(&bar, &paths, &image, options, error) &&
               guest_confine_examine(options->sealed, stderr, error) &&
               run_plan(&ground, options, &bar, plan, status, error);
    run_bar_close(&bar);
    plan_free(plan);
    image_close(&image);
    return ran;
}

int command_run(int argc, char **argv)
{
    struct run_options options;
    struct error error = {0};
    int status = EXIT_AS_EXPECTED;
    bool done = run_options_parse(argc, argv, &options, &error);
    if (done && options.help)
        help_print(stdout, run_options_help);
    else if (done)
        done = run_chosen_plan(&options, &status, &error);
    run_options_free(&options);
    return done ? status : command_fail(&error);
}
