// The loop over guests: start while there is room, watch, collect.
#include "host/schedule.h"

#include "base/clock.h"
#include "base/directory.h"
#include "base/duration.h"
#include "base/event_wait.h"
#include "base/path.h"
#include "contract/cell_files.h"
#include "contract/task.h"
#include "host/guardian.h"
#include "host/guest.h"
#include "host/progress.h"
#include "host/resume.h"
#include "host/world.h"
#include "result/cell_folder.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define TICK_MS 200

struct slot {
    struct guest guest;
    size_t cell; // index in the plan
    bool busy;
};

struct schedule {
    const struct run_schedule_options *options;
    struct run_result *result;
    struct slot *slots;
    size_t next; // cell to start
    size_t done;
    int64_t virtual_us; // travelled by the cells that are done
    int64_t began_us;
    int signals_fd;
};

static bool prepare_folder(const struct schedule *schedule, const struct cell *cell, struct guest_task *task,
    char path[static PATH_MAX], struct error *error)
{
    struct folder folder;
    const struct folder *run = schedule->options->folder;
    snprintf(task->database, sizeof(task->database), "%s", schedule->options->database);
    // An earlier run's log would be counted with ours.
    if (!cell_folder_remove(run, cell->name, error) || !folder_enter_new(run, cell->name, &folder, error))
        return false;
    path_format(path, "%s", folder.path);
    bool prepared = guardian_watch(path, 0, error) && cell_write(cell, &folder, error) &&
                    world_show_cell(task, schedule->options->paths, cell, error) &&
                    guest_task_write(path, task, error);
    folder_close(&folder);
    return prepared;
}

static struct verdict *resume(const struct schedule *schedule, const struct cell *cell)
{
    struct folder folder;
    struct error none = {0};
    if (!schedule->options->resume ||
        !folder_enter(schedule->options->folder, cell->name, &folder, ERROR_INPUT, &none))
        return NULL;
    struct verdict *earlier = run_resume(cell, &folder);
    folder_close(&folder);
    return earlier;
}

static bool conclude_cell(
    struct schedule *schedule, size_t index, struct verdict *verdict, double wall_s, struct error *error)
{
    const struct cell *cell = schedule->options->plan->cells[index];
    if (verdict == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    schedule->done++;
    schedule->virtual_us += verdict->virtual_us;
    if (!run_result_set(schedule->result, index, cell, schedule->options->folder, verdict, wall_s, error))
        return false;
    const struct run_schedule_options *options = schedule->options;
    if (options->ended != NULL)
        options->ended(
            options->whom, &schedule->result->cells[index], schedule->done, options->plan->cells_count);
    return true;
}

static bool start_cell_guest(struct schedule *schedule, struct slot *slot, const struct cell *cell,
    const struct guest_task *task, const char *path, struct error *why)
{
    const char *readable[GUEST_READABLE_MAX];
    world_readable(task, readable);
    const struct guest_options options = {.paths = schedule->options->paths,
        .image = schedule->options->image->path,
        .folder = path,
        .seed = cell->seed,
        .time_travel = cell->lab == LAB_VIRTUAL,
        .place = (unsigned)(slot - schedule->slots),
        .line_fd = -1,
        .readable = readable,
        .disk_limit = schedule->options->disk_limit};
    return guest_start(&slot->guest, &options, why);
}

// Starts the next cell in `slot`; a cell that cannot be started has its verdict at once.
static bool start_next(struct schedule *schedule, struct slot *slot, struct error *error)
{
    size_t index = schedule->next++;
    const struct cell *cell = schedule->options->plan->cells[index];
    char path[PATH_MAX];
    struct error why = {0};
    if (cell->missing != NULL)
        return conclude_cell(schedule, index, verdict_without_trace(OUTCOME_SKIP, cell->missing), 0, error);
    struct verdict *earlier = resume(schedule, cell);
    if (earlier != NULL)
        return conclude_cell(schedule, index, earlier, 0, error);
    struct guest_task task = {.kind = GUEST_TASK_CELL};
    slot->cell = index;
    bool prepared = prepare_folder(schedule, cell, &task, path, error);
    slot->busy = prepared && start_cell_guest(schedule, slot, cell, &task, path, &why);
    guest_task_free(&task);
    if (!prepared || slot->busy)
        return prepared;
    guest_end(&slot->guest);
    return conclude_cell(schedule, index, verdict_without_trace(OUTCOME_ERROR, why.text), 0, error);
}

static double wall_seconds(const struct guest *guest)
{
    return (double)(clock_now_us() - guest->started_us) / US_PER_S;
}

// A guest that ended by itself is judged by its trace; one that did not come so far, by its last words.
static struct verdict *judge_finished_cell(const struct folder *run, const char *name, const char *path)
{
    char words[GUEST_WORDS_SIZE], reason[GUEST_WORDS_SIZE + 64];
    struct folder folder;
    struct error error = {0};
    if (!folder_enter(run, name, &folder, ERROR_LAB, &error))
        return verdict_without_trace(OUTCOME_ERROR, error.text);
    bool began = folder_has(&folder, CELL_EVENTS_FILE);
    struct verdict *verdict = began ? verdict_of_folder(&folder) : NULL;
    folder_close(&folder);
    if (began)
        return verdict;
    snprintf(
        reason, sizeof(reason), "the guest ended before the cell began: %s", guest_last_words(path, words));
    return verdict_without_trace(OUTCOME_ERROR, reason);
}

// `failure` is NULL when the guest ended by itself.
static bool collect_guest(
    struct schedule *schedule, struct slot *slot, const struct error *failure, struct error *error)
{
    const struct guest guest = slot->guest;
    double wall_s = wall_seconds(&guest);
    guest_end(&slot->guest);
    slot->busy = false;
    if (failure != NULL)
        guest_note_failure(&guest, failure);
    const char *name = schedule->options->plan->cells[slot->cell]->name;
    struct verdict *verdict = failure == NULL
                                  ? judge_finished_cell(schedule->options->folder, name, guest.folder)
                                  : verdict_without_trace(OUTCOME_ERROR, failure->text);
    return conclude_cell(schedule, slot->cell, verdict, wall_s, error);
}

// Waits a moment at most. `*interrupted`: a signal asks to stop.
static bool wait_for_something(
    struct schedule *schedule, struct pollfd *watched, bool *interrupted, struct error *error)
{
    unsigned jobs = schedule->options->jobs;
    for (unsigned i = 0; i < jobs; i++)
        watched[i] = (struct pollfd){
            .fd = schedule->slots[i].busy ? schedule->slots[i].guest.pidfd : -1, .events = POLLIN};
    watched[jobs] = (struct pollfd){.fd = schedule->signals_fd, .events = POLLIN};
    if (!event_wait_ms(watched, jobs + 1, TICK_MS, error))
        return false;
    *interrupted = watched[jobs].revents != 0;
    return true;
}

static bool check_slots(struct schedule *schedule, const struct pollfd *watched, struct error *error)
{
    for (unsigned i = 0; i < schedule->options->jobs; i++) {
        struct slot *slot = &schedule->slots[i];
        struct error why = {0};
        if (!slot->busy)
            continue;
        if (watched[i].revents != 0) {
            bool well = guest_ended_well(&slot->guest, &why);
            if (!collect_guest(schedule, slot, well ? NULL : &why, error))
                return false;
        } else if (!guest_check(&slot->guest, &why)) {
            if (!collect_guest(schedule, slot, &why, error))
                return false;
        }
    }
    return true;
}

static void count_ended(const struct schedule *schedule, struct run_progress *progress)
{
    for (size_t i = 0; i < schedule->result->cells_count; i++) {
        const struct verdict *verdict = schedule->result->cells[i].verdict;
        if (verdict == NULL)
            continue;
        if (verdict->impact != IMPACT_UNKNOWN)
            progress->impacts[verdict->impact]++;
        progress->not_as_expected += verdict->outcome >= OUTCOME_FAIL;
    }
}

static void show_progress(const struct schedule *schedule)
{
    const struct plan *plan = schedule->options->plan;
    struct run_progress progress = {.done = schedule->done,
        .total = plan->cells_count,
        .elapsed_us = clock_now_us() - schedule->began_us,
        .virtual_us = schedule->virtual_us};
    count_ended(schedule, &progress);
    for (unsigned i = 0; i < schedule->options->jobs; i++) {
        const struct slot *slot = &schedule->slots[i];
        if (!slot->busy)
            continue;
        progress.running++;
        progress.virtual_us += slot->guest.virtual_us;
        if (progress.cells_count < PROGRESS_NAMES)
            progress.cells[progress.cells_count++] = (struct run_progress_cell){
                plan->cells[slot->cell]->name, slot->guest.virtual_us};
    }
    run_progress_show(&progress);
}

static bool run_all_cells(
    struct schedule *schedule, struct pollfd *watched, bool *interrupted, struct error *error)
{
    size_t total = schedule->options->plan->cells_count;
    while (schedule->done < total) {
        for (unsigned i = 0; i < schedule->options->jobs; i++)
            while (!schedule->slots[i].busy && schedule->next < total)
                if (!start_next(schedule, &schedule->slots[i], error))
                    return false;
        if (schedule->options->show_progress)
            show_progress(schedule);
        if (schedule->done == total)
            break;
        if (!wait_for_something(schedule, watched, interrupted, error))
            return false;
        if (*interrupted)
            break;
        if (!check_slots(schedule, watched, error))
            return false;
    }
    return true;
}

static int catch_run_signals(sigset_t *before)
{
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, SIGINT);
    sigaddset(&caught, SIGTERM);
    sigaddset(&caught, SIGHUP);
    sigprocmask(SIG_BLOCK, &caught, before);
    return signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
}

// What came is taken, or it would be delivered now, and end us before the results are written. timeout(1)
// sends its signal twice.
static void release_signals(int signals_fd, const sigset_t *before)
{
    struct signalfd_siginfo taken;
    while (signals_fd >= 0 && read(signals_fd, &taken, sizeof(taken)) > 0)
        continue;
    if (signals_fd >= 0)
        close(signals_fd);
    sigprocmask(SIG_SETMASK, before, NULL);
}

bool run_schedule(const struct run_schedule_options *options, struct run_result *result, bool *interrupted,
    struct error *error)
{
    sigset_t before;
    struct schedule schedule = {.options = options,
        .result = result,
        .began_us = clock_now_us(),
        .signals_fd = catch_run_signals(&before)};
    schedule.slots = calloc(options->jobs, sizeof(*schedule.slots));
    struct pollfd *watched = calloc(options->jobs + 1, sizeof(*watched));
    *interrupted = false;
    bool ran = schedule.slots != NULL && watched != NULL && schedule.signals_fd >= 0
                   ? run_all_cells(&schedule, watched, interrupted, error)
                   : error_set(error, ERROR_LAB, "cannot prepare the run");
    for (unsigned i = 0; schedule.slots != NULL && i < options->jobs; i++)
        if (schedule.slots[i].busy)
            guest_end(&schedule.slots[i].guest);
    if (options->show_progress)
        run_progress_clear();
    release_signals(schedule.signals_fd, &before);
    free(schedule.slots);
    free(watched);
    return ran;
}
