// One cell from its plan to its trace.
#include "session/cell.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/json_file.h"
#include "lab/flow_table.h"
#include "lab/lab.h"
#include "lab/ledger.h"
#include "lab/proxy.h"
#include "lab/server.h"
#include "lab/world.h"
#include "net/sysctl.h"
#include "session/fork.h"
#include "session/loop.h"
#include "session/subject.h"

#define REALTIME_SETUP_US (20 * US_PER_S) // a JVM on a busy machine

// The last FINs need their way across the path before the server is asked who is still connected.
#define SETTLE_US (2 * US_PER_S)

static bool build_cell(struct lab *lab, struct error *error)
{
    return lab_world_build(lab, error) &&
           (!scenario_has_once(lab->cell->scenario) || lab_ledger_make_keys_unique(error)) &&
           subject_process_start(lab, error) != NULL;
}

static bool finish_cell(struct lab *lab, struct error *error)
{
    if (!lab_flow_table_report(lab, error))
        return false;
    lab_proxy_report(lab);
    lab_event(lab, "clean-up", NULL);
    subject_process_stop(lab);
    clock_wait_until(clock_now_us() + SETTLE_US);
    return lab_ledger_read(lab, error);
}

// What was read of the image and is mapped nowhere need not be copied.
static bool drop_pages(struct error *error)
{
    static const char path[] = "/proc/sys/vm/drop_caches";
    return lab_sysctl_write(path, "4", error) && // in silence
           lab_sysctl_write(path, "1", error);
}

// A subject that is broken by then is so in every cell: each shows it for itself.
static bool fork_at_zero(struct lab *lab, struct lab_cells *cells, struct error *error)
{
    bool became;
    return subject_process_broken(lab->subject) ||
           (drop_pages(error) && lab_fork(lab, cells, STOP_AT_ZERO, &became, error));
}

// Why the cell ended, for the `end` event.
static const char *run_cell(struct lab *lab, struct lab_cells *cells, struct error *error)
{
    const char *reason = NULL;
    if (build_cell(lab, error) && lab_timeline_reach_zero(lab, error) && fork_at_zero(lab, cells, error)) {
        reason = lab_timeline_run(lab, cells, error);
        if (reason != NULL && !finish_cell(lab, error))
            reason = NULL;
    }
    struct error closing = {0}; // the first error is the cause
    return lab_world_close_capture(lab, reason != NULL ? error : &closing) ? reason : NULL;
}

bool lab_cell_run(const char *folder, const struct guest_task *task, struct error *error)
{
    json_t *plan = json_file_read("plan.json", ERROR_LAB, error);
    if (plan == NULL)
        return false;
    struct cell *cell = cell_from_json(plan, error);
    json_decref(plan);
    if (cell == NULL)
        return false;
    struct lab lab = {.cell = cell,
        .task = task,
        .folder = folder,
        .alarm_fd = clock_alarm_open(),
        .namespace_fd = {-1, -1, -1, -1}};
    lab_world_choose_zero(&lab, REALTIME_SETUP_US);
    lab.events = fopen("events.jsonl", "we");
    if (lab.events == NULL) {
        cell_free(cell);
        return error_set_errno(error, ERROR_LAB, "events.jsonl");
    }
    struct lab_cells cells = {0};
    const char *reason = run_cell(&lab, &cells, error);
    if (reason == NULL)
        lab_event(&lab, "failed", json_pack("{s:s}", "error", error->text));
    lab_event(&lab, "end", json_pack("{s:s}", "reason", reason != NULL ? reason : "failed"));
    subject_process_free(lab.subject);
    lab_world_tear_down(&lab);
    bool written = fclose(lab.events) == 0 && !lab.broken;
    lab_cells_free(&cells);
    cell_free(cell);
    return written ? true : error_set(error, ERROR_LAB, "events.jsonl could not be written");
}
