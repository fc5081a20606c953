// One cell from its plan to its trace.
#include "lab_cell.h"

#include "clock.h"
#include "database_template.h"
#include "duration.h"
#include "guest.h"
#include "lab.h"
#include "lab_faults.h"
#include "lab_filter.h"
#include "lab_flow_table.h"
#include "lab_network.h"
#include "lab_server.h"
#include "lab_timeline.h"
#include "path_format.h"
#include "subject_process.h"
#include "trace_capture.h"
#include "trace_flow.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

// A kernel that has just booted rounds timers to its 10 ms tick until that has ticked: netem's delays would
// be wrong.
#define CLOCK_WARM_UP_US (100 * US_PER_MS)

#define REALTIME_SETUP_US (20 * US_PER_S) // a JVM on a busy machine

// The last FINs need their way across the path before the server is asked who is still connected.
#define SETTLE_US (2 * US_PER_S)

static void on_packet(void *context, const struct trace_packet *packet)
{
    struct lab *lab = context;
    const struct trace_flow *flow = trace_flows_follow(lab->flows, packet);
    if (flow == NULL)
        return;
    for (struct lab_watcher *watcher = lab->watchers; watcher != NULL; watcher = watcher->next)
        if (watcher->on_packet != NULL)
            watcher->on_packet(lab, watcher->context, flow, packet);
}

static bool open_capture(struct lab *lab, struct error *error)
{
    char path[PATH_MAX];
    path_format(path, "%s/capture.pcap", lab->folder);
    lab->flows = trace_flows_new(LAB_DB_PORT);
    if (lab->flows == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    lab->capture = trace_capture_open(path, on_packet, lab, error);
    return lab->capture != NULL;
}

static void describe_lab(struct lab *lab)
{
    struct utsname kernel;
    const json_int_t zero_us = lab->zero_us + clock_realtime_offset_us();
    uname(&kernel);
    lab_event(lab, "lab",
        json_pack("{s:s, s:s, s:I, s:I}", "kernel", kernel.release, "lab", lab_kind_name(lab->cell->lab),
            "seed", (json_int_t)lab->cell->seed, "zero_realtime_us", zero_us));
}

// Set-up has a fixed time. In virtual time that makes the scenario's zero a round moment on the guest's
// clock, so that capture.pcap and postgres.log read like the scenario: its 60 s are 00:01:00 there.
static void choose_zero(struct lab *lab)
{
    lab->zero_us = clock_now_us() + REALTIME_SETUP_US;
    if (lab->cell->lab == LAB_VIRTUAL)
        lab->zero_us = GUEST_ZERO_REALTIME_S * US_PER_S - clock_realtime_offset_us();
}

static bool build(struct lab *lab, const char *template_folder, struct error *error)
{
    char authority[PATH_MAX];
    path_format(authority, "%s/" TEMPLATE_AUTHORITY, template_folder);
    describe_lab(lab);
    clock_wait_until(clock_now_us() + CLOCK_WARM_UP_US);
    if (!lab_network_name_db(LAB_DB_ADDRESS, error) || !lab_network_build(lab, error) ||
        !open_capture(lab, error))
        return false;
    lab->filter = lab_filter_open(error);
    if (lab->filter == NULL || !lab_flow_table_open(lab, error))
        return false;
    if (!lab_server_start(lab, template_folder, error))
        return false;
    lab_event(lab, "server-ready", NULL);
    return subject_process_start(lab, authority, error) != NULL;
}

static void tear_down(struct lab *lab)
{
    // The server ends with the guest: a clean shutdown would only add its own goodbyes to the trace.
    subject_process_free(lab->subject);
    lab_server_free(lab->server);
    lab_flow_table_close(lab);
    lab_filter_close(lab->filter);
    trace_flows_free(lab->flows);
    for (int host = 0; host < HOSTS; host++)
        if (lab->namespace_fd[host] >= 0)
            close(lab->namespace_fd[host]);
}

static bool finish(struct lab *lab, struct error *error)
{
    if (!lab_flow_table_report(lab, error))
        return false;
    lab_event(lab, "clean-up", NULL);
    subject_process_stop(lab);
    clock_wait_until(clock_now_us() + SETTLE_US);
    return lab_server_read_ledger(lab, error);
}

// Why the cell ended, for the `end` event.
static const char *run(struct lab *lab, const char *template_folder, struct error *error)
{
    const char *reason = NULL;
    if (build(lab, template_folder, error)) {
        reason = lab_timeline_run(lab, error);
        if (reason != NULL && !finish(lab, error))
            reason = NULL;
    }
    struct trace_capture *capture = lab->capture;
    lab->capture = NULL;
    return trace_capture_close(capture, error) ? reason : NULL;
}

bool lab_cell_run(const char *folder, const char *template_folder, struct error *error)
{
    json_error_t why;
    json_t *plan = json_load_file("plan.json", 0, &why);
    if (plan == NULL)
        return error_set(error, ERROR_LAB, "plan.json: %s", why.text);
    struct cell *cell = cell_from_json(plan, error);
    json_decref(plan);
    if (cell == NULL)
        return false;
    struct lab lab = {
        .cell = cell, .folder = folder, .alarm_fd = clock_alarm_open(), .namespace_fd = {-1, -1, -1}};
    choose_zero(&lab);
    lab.events = fopen("events.jsonl", "we");
    if (lab.events == NULL) {
        cell_free(cell);
        return error_set_errno(error, ERROR_LAB, "events.jsonl");
    }
    const char *reason = run(&lab, template_folder, error);
    if (reason == NULL)
        lab_event(&lab, "failed", json_pack("{s:s}", "error", error->text));
    lab_event(&lab, "end", json_pack("{s:s}", "reason", reason != NULL ? reason : "failed"));
    tear_down(&lab);
    bool written = fclose(lab.events) == 0 && !lab.broken;
    cell_free(cell);
    return written ? true : error_set(error, ERROR_LAB, "events.jsonl could not be written");
}
