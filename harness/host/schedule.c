// The loop over guests: start while there is room, watch, collect.
#include "host/schedule.h"

#include "base/clock.h"
#include "base/event_wait.h"
#include "host/end_signals.h"
#include "host/guest_memory.h"
#include "host/progress.h"
#include "host/slot.h"

#include <stdlib.h>

#define TICK_MS 200

// Waits a moment at most. `*interrupted`: a signal asks to stop.
static bool wait_for_something(
    struct schedule *schedule, struct pollfd *watched, bool *interrupted, struct error *error)
{
    unsigned jobs = schedule->options->jobs;
    for (unsigned i = 0; i < jobs; i++)
        slot_watch(&schedule->slots[i], &watched[WATCHED_EACH * i]);
    struct pollfd *signals = &watched[WATCHED_EACH * jobs];
    *signals = (struct pollfd){.fd = schedule->signals_fd, .events = POLLIN};
    if (!event_wait_ms(watched, WATCHED_EACH * jobs + 1, TICK_MS, error))
        return false;
    *interrupted = signals->revents != 0;
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
        if (slot->state == SLOT_FREE)
            continue;
        // A trunk is on its way to the first cell that is left.
        const size_t cell = slot->state == SLOT_CELL ? slot->cell : slot->group.cells[0];
        progress.running++;
        progress.virtual_us += slot->run.guest.virtual_us;
        if (progress.cells_count < PROGRESS_NAMES)
            progress.cells[progress.cells_count++] = (struct run_progress_cell){
                plan->cells[cell]->name, slot->run.guest.virtual_us};
    }
    run_progress_show(&progress);
}

static bool run_all_cells(
    struct schedule *schedule, struct pollfd *watched, bool *interrupted, struct error *error)
{
    size_t total = schedule->options->plan->cells_count;
    while (schedule->done < total) {
        for (unsigned i = 0; i < schedule->options->jobs; i++)
            while (schedule->slots[i].state == SLOT_FREE && slot_has_more(schedule, &schedule->slots[i]))
                if (!slot_start_next(schedule, &schedule->slots[i], error))
                    return false;
        if (schedule->options->show_progress)
            show_progress(schedule);
        if (schedule->done == total)
            break;
        if (!wait_for_something(schedule, watched, interrupted, error))
            return false;
        if (*interrupted)
            break;
        for (unsigned i = 0; i < schedule->options->jobs; i++)
            if (!slot_check(schedule, &schedule->slots[i], &watched[WATCHED_EACH * i], error))
                return false;
    }
    return true;
}

// A trunk costs a boot, so few are best: but there should be work for each slot.
static size_t group_size(const struct run_schedule_options *options)
{
    const size_t share = (options->plan->cells_count + options->jobs - 1) / options->jobs;
    return !options->fork ? 1 : share > GROUP_MAX ? GROUP_MAX : share;
}

// Each waits in memory, and so does the cell.
static size_t count_levels(const struct run_schedule_options *options, const struct plan_groups *groups)
{
    struct error none = {0};
    size_t most = 1;
    for (size_t i = 0; i < options->plan->cells_count; i++)
        most = groups->shared[i] + 1 > most ? groups->shared[i] + 1 : most;
    if (most == 1)
        return 1;
    const size_t fits = guest_memory_fits((unsigned)(most + 1) * options->jobs, NULL, &none) / options->jobs;
    return fits > 2 ? fits - 1 : 1;
}

bool run_schedule(const struct run_schedule_options *options, struct run_result *result, bool *interrupted,
    struct error *error)
{
    sigset_t before;
    struct schedule schedule = {.options = options,
        .result = result,
        .began_us = clock_now_us(),
        .signals_fd = end_signals_catch(&before)};
    schedule.slots = calloc(options->jobs, sizeof(*schedule.slots));
    struct pollfd *watched = calloc(WATCHED_EACH * (size_t)options->jobs + 1, sizeof(*watched));
    *interrupted = false;
    for (unsigned i = 0; schedule.slots != NULL && i < options->jobs; i++)
        schedule.slots[i].run.control_fd = -1;
    const bool ready = schedule.slots != NULL && watched != NULL && schedule.signals_fd >= 0;
    if (!ready)
        error_set(error, ERROR_LAB, "cannot prepare the run");
    else if (options->resume)
        slot_folders_clear(&schedule);
    bool ran = ready && plan_groups_make(options->plan, group_size(options), &schedule.groups, error);
    if (ran) {
        schedule.levels = count_levels(options, &schedule.groups);
        ran = run_all_cells(&schedule, watched, interrupted, error);
    }
    for (unsigned i = 0; schedule.slots != NULL && i < options->jobs; i++)
        slot_end(&schedule, &schedule.slots[i]);
    plan_groups_free(&schedule.groups);
    if (options->show_progress)
        run_progress_clear();
    end_signals_release(schedule.signals_fd, &before);
    free(schedule.slots);
    free(watched);
    return ran;
}
