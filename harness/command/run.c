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
#include "host/trunk.h"
#include "host/world.h"
#include "report/cell_line.h"
#include "report/report.h"
#include "result/cost.h"

#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What cells run on.
struct ground {
    const struct paths *paths;
    const struct image *image;
    const struct world *world;
};

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

static double cost_of_cell(const void *table, const struct cell *cell)
{
    return cost_table_s(table, cell->scenario->name, cell->subject, cell->seed);
}

static struct plan *resolve_run(const struct ground *ground, const struct run_options *options,
    const struct cost_table *costs, struct error *error)
{
    const struct plan_request request = {.image = ground->image->files,
        .world = ground->world,
        .root = ground->paths->root,
        .scenarios = options->scenarios,
        .scenarios_count = options->scenarios_count,
        .subjects = (const char *const *)options->subjects,
        .subjects_count = options->subjects_count,
        .conninfo = options->conninfo,
        .seed = options->seed,
        .lab = options->lab,
        .shard = options->shard,
        .shards = options->shards,
        .cost_s = cost_of_cell,
        .whom = costs};
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
    if (ran)
        bar_mark(&options->bar, result);
    ran = ran && reports_write(schedule->folder, result, error) &&
          run_output_print(result, schedule->folder, options->report, error);
    *status = interrupted ? EXIT_INTERRUPTED : (int)run_output_status(result);
    if (ran && interrupted)
        fprintf(stderr, "hangup: interrupted; the same command with --resume --out %s goes on\n",
            schedule->folder->path);
    return ran && run_bar_judge(bar, options, schedule->plan, result, status, error);
}

// Why each cell is booted for itself. NULL: cells that begin alike share a trunk.
static const char *why_cold(const struct paths *paths, const struct run_options *options, unsigned jobs)
{
    const char *why = options->cold ? "--cold" : trunk_why_none(paths, options->lab, jobs);
    if (why != NULL && options->verbose)
        fprintf(stderr, "hangup: each cell is booted for itself: %s\n", why);
    return why;
}

// A program that reads JSON gets nothing else; a person at a terminal sees the table soon, and progress until
// then.
static bool streams_cells(const struct run_options *options)
{
    return !options->quiet && options->report == REPORT_DEFAULT && !isatty(STDOUT_FILENO);
}

static void print_plan_cell(const struct cell *cell, const struct cost_table *costs)
{
    printf("%s  %s", cell->scenario->name, cell->subject);
    if (cell->missing != NULL)
        printf("  skipped: %s", cell->missing);
    else if (!cost_table_is_empty(costs))
        printf("  %.1f s", cost_of_cell(costs, cell));
    putchar('\n');
}

// A plan takes at least as long as its longest cell.
static void print_plan(const struct plan *plan, const struct cost_table *costs, unsigned jobs)
{
    double sum_s = 0, longest_s = 0;
    for (size_t i = 0; i < plan->cells_count; i++) {
        const double cost_s = plan->cells[i]->missing != NULL ? 0 : cost_of_cell(costs, plan->cells[i]);
        print_plan_cell(plan->cells[i], costs);
        sum_s += cost_s;
        longest_s = cost_s > longest_s ? cost_s : longest_s;
    }
    printf("%zu cells", plan->cells_count);
    if (!cost_table_is_empty(costs))
        printf(", about %.0f s with --jobs %u", sum_s / jobs > longest_s ? sum_s / jobs : longest_s, jobs);
    putchar('\n');
}

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
    const char *cold = why_cold(paths, options, jobs);
    struct run_result *result = run_result_new(
        lab_kind_name(options->lab), kernel, started, options->seed, plan->cells_count);
    const struct run_schedule_options schedule = {.paths = paths,
        .image = ground->image,
        .plan = plan,
        .folder = &folder,
        .database = database,
        .jobs = jobs,
        .fork = cold == NULL,
        .verbose = options->verbose,
        .disk_limit = options->disk_limit,
        .resume = options->resume,
        .show_progress = isatty(STDERR_FILENO) && !options->quiet,
        .ended = streams_cells(options) ? cell_line_print : NULL,
        .whom = stdout};
    if (result != NULL) {
        result->world = *ground->world;
        snprintf(result->cold, sizeof(result->cold), "%s", cold != NULL ? cold : "");
    }
    if (result != NULL && options->shards > 1) {
        result->shard = options->shard;
        result->shards = options->shards;
        memcpy(result->plan_sha256, plan->sha256, sizeof(result->plan_sha256));
    }
    bool ran = result != NULL ? run_plan_cells(&schedule, options, bar, result, began_us, status, error)
                              : error_set(error, ERROR_LAB, "out of memory");
    if (ran && options->name_report)
        fprintf(stderr, "%s/" REPORT_PAGE_FILE "\n", folder.path);
    run_result_free(result);
    folder_close(&folder);
    return ran;
}

static bool open_costs(const struct ground *ground, struct cost_table *costs, struct error *error)
{
    char path[PATH_MAX];
    path_format(path, "%s/results/baseline/%s.json", ground->paths->root, ground->image->name);
    return cost_table_open(costs, path, error);
}

// What is wrong with the user's own words and files is told before what the machine lacks.
static bool run_resolved_plan(const struct ground *ground, const struct run_options *options,
    const struct plan *plan, const struct error *no_image, int *status, struct error *error)
{
    struct run_bar bar = {.baseline = NULL};
    if (no_image->category != ERROR_INPUT && !advice_check_kernel(ground->paths, error))
        return false;
    if (ground->image->files == NULL) {
        *error = *no_image;
        return false;
    }
    bool ran = run_bar_open(&bar, ground->paths, ground->image, options, error) &&
               guest_confine_examine(options->sealed, stderr, error) &&
               run_plan(ground, options, &bar, plan, status, error);
    run_bar_close(&bar);
    return ran;
}

static bool run_chosen_plan(const struct run_options *options, int *status, struct error *error)
{
    struct paths paths;
    struct image image = IMAGE_NONE;
    struct error no_image = {0};
    struct cost_table costs = {0};
    struct plan *plan = NULL;
    if (!paths_find(&paths, error))
        return false;
    const bool found = image_find(&image, &paths, options->image, &no_image);
    struct world world = {.image = ""};
    const struct ground ground = {.paths = &paths, .image = &image, .world = &world};
    bool ran = (!found || paths.kernel[0] == '\0' || world_examine(&paths, &image, &world, error)) &&
               open_costs(&ground, &costs, error) &&
               (plan = resolve_run(&ground, options, &costs, error)) != NULL;
    if (ran && options->dry_run)
        print_plan(plan, &costs, options->jobs);
    else if (ran)
        ran = run_resolved_plan(&ground, options, plan, &no_image, status, error);
    plan_free(plan);
    cost_table_close(&costs);
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
