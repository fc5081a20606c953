// One program, from the plan of its lab to its trace. The loop has alarms only: each fault that is known sets
// one for its beginning and one for its end, and so do those that the program asks for.
#include "session/exec.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/event_wait.h"
#include "base/json_file.h"
#include "lab/alarm.h"
#include "lab/capture.h"
#include "lab/flow_table.h"
#include "lab/lab.h"
#include "lab/ledger.h"
#include "lab/proxy.h"
#include "lab/server.h"
#include "lab/world.h"
#include "lab/written.h"
#include "session/exec_faults.h"
#include "session/host_files.h"
#include "session/program.h"
#include "session/streams.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

// Events of set-up come before the program's start, which is zero, however long it takes in real time.
#define REALTIME_SETUP_US  (3600 * US_PER_S)
#define HEARTBEAT_EVERY_US (10 * US_PER_S)
#define GRACE_US           (10 * US_PER_S) // from SIGTERM to SIGKILL

struct exec {
    struct lab *lab;
    struct exec_program *program;
    struct lab_view view;
    struct lab_process process;
    struct lab_streams *streams;
    struct lab_exec_faults *faults;
    json_t *files; // that lay in the view before the program did
    struct lab_alarm heartbeat, timeout;
    bool timed_out;
};

// The host's watchdog reads this on the console.
static void give_exec_heartbeat(struct lab *lab, void *context)
{
    struct exec *exec = context;
    printf("@ %lld\n", (long long)(lab_now_us(lab) / US_PER_S));
    fflush(stdout);
    exec->heartbeat.at_us += HEARTBEAT_EVERY_US;
    lab_alarm_set(lab, &exec->heartbeat);
}

static void end_program(struct lab *lab, void *context)
{
    struct exec *exec = context;
    kill(-lab->application, exec->timed_out ? SIGKILL : SIGTERM);
    if (exec->timed_out)
        return;
    lab_event(lab, "program-timeout", NULL);
    exec->timed_out = true;
    exec->timeout.at_us += GRACE_US;
    lab_alarm_set(lab, &exec->timeout);
}

// Zero is the moment of the program's start. In virtual time it is also a round moment of the guest's clock.
static bool start_program(struct exec *exec, struct error *error)
{
    struct lab *lab = exec->lab;
    if (lab->cell->lab == LAB_VIRTUAL)
        clock_wait_until(lab->zero_us);
    else
        lab->zero_us = clock_now_us();
    exec->files = lab_written_list(&exec->view, lab->task);
    const json_int_t zero_us = lab->zero_us + clock_realtime_offset_us();
    lab_event(lab, "program-started", json_pack("{s:I}", "zero_realtime_us", zero_us));
    if (!lab_program_start(
            lab, exec->program, &exec->view, lab_streams_of_program(exec->streams), &exec->process, error))
        return false;
    lab->application = exec->process.pid;
    lab_streams_follow(exec->streams, lab->application);
    unlink(EXEC_PROGRAM_FILE); // it holds the user's environment; for the host: the program has started
    exec->heartbeat = (struct lab_alarm){.at_us = 0, .ring = give_exec_heartbeat, .context = exec};
    exec->timeout = (struct lab_alarm){
        .at_us = exec->program->timeout_us, .ring = end_program, .context = exec};
    lab_alarm_set(lab, &exec->heartbeat);
    lab_alarm_set(lab, &exec->timeout);
    return true;
}

// Waits until the next alarm, and takes in what comes before it.
static bool wait_and_serve(struct exec *exec, struct error *error)
{
    struct lab *lab = exec->lab;
    struct pollfd watched[] = {{.fd = lab->alarm_fd, .events = POLLIN},
        {.fd = trace_capture_fd(lab->capture), .events = POLLIN},
        {.fd = exec->process.pidfd, .events = POLLIN},
        {.fd = lab_streams_fd(exec->streams), .events = POLLIN},
        {.fd = lab_exec_faults_fd(exec->faults), .events = POLLIN}};
    clock_alarm_set(lab->alarm_fd, lab->zero_us + lab_alarm_next_us(lab));
    if (!event_wait(watched, sizeof(watched) / sizeof(watched[0]), NULL, error))
        return false;
    if (watched[1].revents != 0 && !lab_world_watch_path(lab, error))
        return false;
    if (watched[3].revents != 0 && !lab_streams_relay(lab, exec->streams, error))
        return false;
    if (watched[4].revents != 0)
        lab_exec_faults_serve(exec->faults);
    return true;
}

static json_t *describe_program_status(int status)
{
    if (WIFSIGNALED(status))
        return json_pack("{s:i}", "signal", WTERMSIG(status));
    return json_pack("{s:i}", "status", WEXITSTATUS(status));
}

// Until the program has ended.
static bool follow_program(struct exec *exec, struct error *error)
{
    struct lab *lab = exec->lab;
    int status;
    while (!lab_process_wait(&exec->process, 0, &status)) {
        bool due = lab_now_us(lab) >= lab_alarm_next_us(lab);
        if (due && !lab_world_watch_path(lab, error)) // a fault must know what is on its way
            return false;
        if (due)
            lab_alarm_ring(lab);
        else if (!wait_and_serve(exec, error))
            return false;
    }
    lab_event(lab, "program-exited", describe_program_status(status));
    return lab_streams_relay(lab, exec->streams, error); // what it said last
}

// What it started and left behind ends with it.
static bool finish_exec(struct exec *exec, struct error *error)
{
    struct lab *lab = exec->lab;
    int64_t settle_us = lab->cell->lab == LAB_VIRTUAL ? 2 * US_PER_S : US_PER_S / 2;
    lab_alarm_clear(lab, &exec->heartbeat);
    lab_alarm_clear(lab, &exec->timeout);
    lab_exec_faults_end(exec->faults);
    if (!lab_flow_table_report(lab, error))
        return false;
    lab_proxy_report(lab);
    if (!lab_host_files_write(EXEC_HOST_FILES_FILE, error))
        return false;
    json_t *files = lab_written_list(&exec->view, lab->task);
    lab_event(lab, "files-dropped", lab_written_between(exec->files, files));
    json_decref(files);
    lab_event(lab, "clean-up", NULL);
    lab_view_close(&exec->view);
    clock_wait_until(clock_now_us() + settle_us); // the last FINs need their way across the path
    return lab_ledger_read(lab, error);
}

static bool run_exec(struct exec *exec, struct error *error)
{
    struct lab *lab = exec->lab;
    bool good = (exec->streams = lab_streams_open(exec->program, error)) != NULL &&
                lab_world_build(lab, error) && (exec->faults = lab_exec_faults_open(lab, error)) != NULL &&
                lab_program_open_view(lab, exec->program, &exec->view, error) && start_program(exec, error) &&
                follow_program(exec, error) && finish_exec(exec, error);
    lab_process_kill(&exec->process);
    lab_view_close(&exec->view);
    struct error closing = {0}; // the first error is the cause
    return lab_world_close_capture(lab, good ? error : &closing) && good;
}

static void conclude_exec(struct exec *exec, bool good, const struct error *error)
{
    struct lab *lab = exec->lab;
    if (!good)
        lab_event(lab, "failed", json_pack("{s:s}", "error", error->text));
    lab_event(lab, "end", json_pack("{s:s}", "reason", good ? "done" : "failed"));
    lab_exec_faults_close(exec->faults);
    lab_streams_close(exec->streams);
    lab_world_tear_down(lab);
}

static struct cell *read_exec_plan(struct error *error)
{
    json_t *plan = json_file_read("plan.json", ERROR_LAB, error);
    struct cell *cell = plan != NULL ? cell_from_json(plan, error) : NULL;
    json_decref(plan);
    return cell;
}

bool lab_exec_run(const char *folder, const struct guest_task *task, struct error *error)
{
    struct cell *cell = read_exec_plan(error);
    struct lab lab = {.cell = cell,
        .task = task,
        .folder = folder,
        .alarm_fd = clock_alarm_open(),
        .namespace_fd = {-1, -1, -1, -1}};
    struct exec exec = {.lab = &lab, .view = LAB_VIEW_NONE, .process = {.pid = -1, .pidfd = -1}};
    bool ready = cell != NULL && (exec.program = exec_program_read(".", error)) != NULL;
    signal(SIGPIPE, SIG_IGN);
    if (ready && (lab.events = fopen("events.jsonl", "we")) == NULL)
        ready = error_set_errno(error, ERROR_LAB, "events.jsonl");
    if (ready) {
        lab_world_choose_zero(&lab, REALTIME_SETUP_US);
        conclude_exec(&exec, run_exec(&exec, error), error);
        if (fclose(lab.events) != 0 || lab.broken)
            ready = error_set(error, ERROR_LAB, "events.jsonl could not be written");
    }
    json_decref(exec.files);
    exec_program_free(exec.program);
    cell_free(cell);
    return ready;
}
