#include "command/points.h"

#include "base/clock.h"
#include "command/output.h"
#include "host/advice.h"
#include "host/guest_confine.h"
#include "host/guest_memory.h"
#include "host/results_folder.h"
#include "host/template.h"
#include "host/trunk.h"
#include "host/world.h"

#include <unistd.h>

static struct plan *resolve(const struct points_ground *ground, struct error *error)
{
    const struct run_options *options = ground->options;
    const struct plan_request request = {.image = ground->image.files,
        .world = &ground->world,
        .root = ground->paths.root,
        .scenarios = options->scenarios,
        .scenarios_count = options->scenarios_count,
        .subjects = (const char *const *)options->subjects,
        .subjects_count = options->subjects_count,
        .seed = options->seed,
        .lab = LAB_VIRTUAL,
        .shard = 1,
        .shards = 1};
    return plan_resolve(&request, error);
}

static bool check(const struct plan *plan, struct error *error)
{
    for (size_t i = 0; i < plan->cells_count; i++) {
        const struct cell *cell = plan->cells[i];
        if (cell->missing != NULL)
            return error_set(error, ERROR_LAB, "%s cannot be run: %s", cell->subject, cell->missing);
    }
    return plan->cells_count > 0 ||
           error_set(error, ERROR_INPUT, "the scenario expects nothing of a subject of this kind");
}

static bool open_points_folder(struct points_ground *ground, const char *name, struct error *error)
{
    char stamp[CLOCK_TEXT_SIZE], below[CLOCK_TEXT_SIZE + 16], absolute[PATH_MAX];
    clock_format_utc(clock_now_us() + clock_realtime_offset_us(), 1, stamp);
    snprintf(below, sizeof(below), "%s-%s", stamp, name);
    return results_folder_make(&ground->paths, ground->options->folder, below, absolute, error) &&
           folder_open(&ground->folder, absolute, ERROR_INPUT, error) &&
           (ground->options->resume || run_output_clear(&ground->folder, error));
}

static bool find_world(struct points_ground *ground, struct error *error)
{
    return advice_check_kernel(&ground->paths, error) &&
           image_find(&ground->image, &ground->paths, ground->options->image, error) &&
           world_examine(&ground->paths, &ground->image, &ground->world, error);
}

// Everything that was asked for is known to be right.
static bool prepare(struct points_ground *ground, const char *name, struct error *error)
{
    const struct run_options *options = ground->options;
    if (!guest_confine_examine(options->sealed, stderr, error))
        return false;
    const unsigned jobs = guest_memory_fits(options->jobs, stderr, error);
    if (jobs == 0 ||
        !database_template_ensure(&ground->paths, &ground->image, stderr, ground->database, error) ||
        !open_points_folder(ground, name, error))
        return false;
    ground->schedule = (struct run_schedule_options){.paths = &ground->paths,
        .image = &ground->image,
        .folder = &ground->folder,
        .database = ground->database,
        .jobs = jobs,
        .fork = !options->cold && trunk_why_none(&ground->paths, LAB_VIRTUAL, jobs) == NULL,
        .disk_limit = options->disk_limit,
        .resume = true, // what an earlier run left was removed, unless it is to be resumed
        .show_progress = isatty(STDERR_FILENO)};
    return true;
}

static bool begin_ground(struct points_ground *ground, const struct run_options *options, struct error *error)
{
    *ground = (struct points_ground){.options = options, .image = IMAGE_NONE, .folder = {.fd = -1}};
    return paths_find(&ground->paths, error);
}

bool points_open(
    struct points_ground *ground, const struct run_options *options, const char *name, struct error *error)
{
    if (!begin_ground(ground, options, error) || !find_world(ground, error))
        return false;
    ground->plan = resolve(ground, error);
    return ground->plan != NULL && check(ground->plan, error) && prepare(ground, name, error);
}

bool points_open_for_program(struct points_ground *ground, const struct run_options *options,
    bool (*check_program)(void *whom, const struct paths *paths, struct error *error), void *whom,
    const char *name, struct error *error)
{
    return begin_ground(ground, options, error) && check_program(whom, &ground->paths, error) &&
           find_world(ground, error) && prepare(ground, name, error);
}

void points_close(struct points_ground *ground)
{
    folder_close(&ground->folder);
    plan_free(ground->plan);
    image_close(&ground->image);
}

bool points_run(struct points_ground *ground, struct cell **cells, size_t count, struct run_result **result,
    struct error *error)
{
    struct run_schedule_options schedule = ground->schedule;
    const struct plan plan = {.cells = cells, .cells_count = count};
    bool interrupted = false;
    schedule.plan = &plan;
    *result = run_result_new(lab_kind_name(LAB_VIRTUAL), NULL, NULL, ground->options->seed, count);
    if (*result == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    bool ran = run_schedule(&schedule, *result, &interrupted, error);
    ground->interrupted |= interrupted;
    return ran;
}
