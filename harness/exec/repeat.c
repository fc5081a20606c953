// Each run is made by a process of our own: a session with a guest has one guest, one program and one end.
#include "exec/repeat.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/event_wait.h"
#include "base/path.h"
#include "contract/program.h"
#include "exec/folder.h"
#include "exec/given.h"
#include "exec/internal.h"
#include "exec/setup.h"
#include "exec/streams.h"
#include "host/end_signals.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS 200

struct run {
    pid_t pid;     // 0: there is none
    int pidfd;     // it has ended
    int result_fd; // an error comes from there, or nothing
};

struct repeating {
    const struct exec_repeat *repeat;
    const struct exec_program *program;
    struct cell *const *cells;
    size_t count, next, done;
    struct run *runs; // repeat->jobs of them
    size_t running;
    int signals_fd;
    bool interrupted;
    bool failed; // `first` says why
    struct error first;
    int64_t began_us;
    size_t made; // by us, not by an earlier sweep
};

static struct exec_options repeat_options(const struct exec_repeat *repeat, const char *folder)
{
    return (struct exec_options){.scenario = repeat->scenario,
        .command = repeat->command,
        .folder = folder,
        .lab = LAB_VIRTUAL,
        .seed = repeat->seed,
        .timeout_us = repeat->timeout_us != 0 ? repeat->timeout_us : EXEC_TIMEOUT_US,
        .watchdog_us = EXEC_WATCHDOG_US,
        .disk_limit = repeat->disk_limit,
        .inside = repeat->inside,
        .quiet = true,
        .muted = true};
}

struct cell *exec_repeat_cell(const struct exec_repeat *repeat, struct error *error)
{
    const struct exec_options options = repeat_options(repeat, NULL);
    return exec_setup_cell(repeat->paths, &options, error);
}

// Nobody sits in front of it, and its two streams are told apart.
static struct exec_program *make_quiet_program(const struct exec_repeat *repeat, struct error *error)
{
    const struct exec_options options = repeat_options(repeat, NULL);
    struct exec_program *program = exec_setup_program(repeat->paths, &options, error);
    if (program == NULL)
        return NULL;
    for (int stream = 0; stream < EXEC_STREAMS; stream++)
        program->terminal[stream] = false;
    program->one_output = program->raw = false;
    return program;
}

bool exec_repeat_take_input(const struct exec_repeat *repeat, bool resume, struct error *error)
{
    const struct folder *folder = repeat->folder;
    const struct exec_program nobody = {.terminal = {false}};
    if (resume && folder_has(folder, GIVEN_INPUT_FILE))
        return true;
    return exec_streams_copy_input(folder->path, &nobody, error) &&
           (renameat(folder->fd, EXEC_INPUT_FILE, folder->fd, GIVEN_INPUT_FILE) == 0 ||
               error_set_errno(error, ERROR_LAB, "%s/" GIVEN_INPUT_FILE, folder->path));
}

static bool put_streams_in_place(const struct folder *folder, struct error *error)
{
    const int input_fd = openat(folder->fd, GIVEN_INPUT_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    const int none_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    bool good = input_fd >= 0 && none_fd >= 0 && dup2(input_fd, STDIN_FILENO) == STDIN_FILENO &&
                dup2(none_fd, STDOUT_FILENO) == STDOUT_FILENO &&
                dup2(none_fd, STDERR_FILENO) == STDERR_FILENO;
    return good || error_set_errno(error, ERROR_LAB, "%s/" GIVEN_INPUT_FILE, folder->path);
}

// In the process of one run.
static noreturn void play_run(const struct repeating *repeating, const struct cell *cell, int result_fd)
{
    const struct exec_repeat *repeat = repeating->repeat;
    char folder[PATH_MAX];
    struct error error = {0};
    int status;
    prctl(PR_SET_PDEATHSIG, SIGTERM); // the session reads it, and ends its guest
    const struct exec_options options = repeat_options(
        repeat, path_format(folder, "%s/%s", repeat->folder->path, cell->name));
    const struct exec_stage stage = {.options = &options,
        .paths = repeat->paths,
        .image = repeat->image,
        .cell = cell,
        .program = repeating->program};
    if (put_streams_in_place(repeat->folder, &error) && exec_play(&stage, &status, &error))
        _exit(EXIT_SUCCESS);
    (void)!write(result_fd, &error, sizeof(error)); // shorter than a pipe's atomic piece
    _exit(EXIT_FAILURE);
}

static bool start_run(struct repeating *repeating, struct run *run, struct error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot start a run");
    fflush(NULL); // what is not written yet would be written twice
    const pid_t pid = fork();
    if (pid == 0)
        play_run(repeating, repeating->cells[repeating->next], ends[1]);
    close(ends[1]);
    *run = (struct run){.pid = pid, .pidfd = pid > 0 ? pidfd_open(pid, 0) : -1, .result_fd = ends[0]};
    if (pid > 0 && run->pidfd >= 0) {
        repeating->next++;
        repeating->running++;
        return true;
    }
    error_set_errno(error, ERROR_LAB, "cannot start a run");
    if (pid > 0) {
        kill(pid, SIGTERM);
        waitpid(pid, NULL, 0);
    }
    close(run->result_fd);
    run->pid = 0;
    return false;
}

static void end_run(struct repeating *repeating, struct run *run)
{
    struct error error = {0};
    if (read(run->result_fd, &error, sizeof(error)) == (ssize_t)sizeof(error) && !repeating->failed) {
        repeating->failed = true;
        repeating->first = error;
    }
    waitpid(run->pid, NULL, 0);
    close(run->result_fd);
    close(run->pidfd);
    *run = (struct run){.pid = 0};
    repeating->running--;
    repeating->done++;
    repeating->made++;
}

static bool is_same_plan(const struct cell *cell, const struct folder *folder)
{
    struct error unreadable = {0};
    struct cell *stored = cell_read(folder, &unreadable);
    json_t *then = stored != NULL ? cell_to_json(stored) : NULL, *now = cell_to_json(cell);
    bool same = then != NULL && now != NULL && json_equal(then, now);
    json_decref(then);
    json_decref(now);
    cell_free(stored);
    return same;
}

static bool has_same_files(const struct paths *paths, const struct folder *folder)
{
    struct error unreadable = {0};
    const char *names[GIVEN_NAMES_MAX];
    json_t *given = exec_given_read(folder, &unreadable);
    bool same = given != NULL && exec_given_compare_files(given, paths, names) == 0;
    json_decref(given);
    return same;
}

bool exec_repeat_is_made(const struct exec_repeat *repeat, const struct cell *cell)
{
    struct folder folder;
    struct error none = {0};
    struct exec_run_texts texts = {0};
    if (!folder_has(repeat->folder, cell->name) ||
        !folder_enter(repeat->folder, cell->name, &folder, ERROR_LAB, &none))
        return false;
    bool made = exec_folder_has_report(&folder) && is_same_plan(cell, &folder) &&
                has_same_files(repeat->paths, &folder) && exec_run_texts_read(&folder, &texts, &none) &&
                json_object_get(texts.report, "failure") == NULL;
    exec_run_texts_free(&texts);
    folder_close(&folder);
    return made;
}

static bool start_runs(struct repeating *repeating, struct error *error)
{
    const struct exec_repeat *repeat = repeating->repeat;
    for (unsigned i = 0; i < repeat->jobs; i++) {
        while (repeating->next < repeating->count &&
               exec_repeat_is_made(repeat, repeating->cells[repeating->next])) {
            repeating->next++;
            repeating->done++;
        }
        if (repeating->runs[i].pid == 0 && repeating->next < repeating->count &&
            !start_run(repeating, &repeating->runs[i], error))
            return false;
    }
    return true;
}

static void show_repeat_progress(const struct repeating *repeating)
{
    if (!repeating->repeat->show_progress || repeating->count == 1)
        return;
    fprintf(stderr, "\r\033[K%zu of %zu moments done", repeating->done, repeating->count);
    if (repeating->made > 0 && repeating->done < repeating->count)
        fprintf(stderr, ", about %lld s left",
            (long long)((clock_now_us() - repeating->began_us) / US_PER_S) *
                (long long)(repeating->count - repeating->done) / (long long)repeating->made);
    if (repeating->done == repeating->count)
        fputs("\r\033[K", stderr);
    fflush(stderr);
}

static void end_all_runs(const struct repeating *repeating)
{
    for (unsigned i = 0; i < repeating->repeat->jobs; i++)
        if (repeating->runs[i].pid > 0)
            kill(repeating->runs[i].pid, SIGTERM);
}

// Until one has ended, or a signal asks to stop.
static bool wait_for_runs(struct repeating *repeating, struct pollfd *watched, struct error *error)
{
    const unsigned jobs = repeating->repeat->jobs;
    for (unsigned i = 0; i < jobs; i++)
        watched[i] = (struct pollfd){
            .fd = repeating->runs[i].pid > 0 ? repeating->runs[i].pidfd : -1, .events = POLLIN};
    watched[jobs] = (struct pollfd){
        .fd = repeating->interrupted ? -1 : repeating->signals_fd, .events = POLLIN};
    if (!event_wait_ms(watched, jobs + 1, TICK_MS, error))
        return false;
    if (watched[jobs].revents != 0) {
        repeating->interrupted = true;
        end_all_runs(repeating);
    }
    for (unsigned i = 0; i < jobs; i++)
        if (watched[i].revents != 0)
            end_run(repeating, &repeating->runs[i]);
    return true;
}

static bool follow_runs(struct repeating *repeating, struct pollfd *watched, struct error *error)
{
    bool good = true;
    do {
        if (good && !repeating->interrupted && !repeating->failed)
            good = start_runs(repeating, error);
        show_repeat_progress(repeating);
        if (repeating->running > 0 && !wait_for_runs(repeating, watched, error))
            return false;
    } while (repeating->running > 0 ||
             (good && !repeating->interrupted && !repeating->failed && repeating->next < repeating->count));
    if (good && repeating->failed && !repeating->interrupted) {
        *error = repeating->first;
        good = false;
    }
    return good;
}

bool exec_repeat_run(const struct exec_repeat *repeat, struct cell *const *cells, size_t count,
    bool *interrupted, struct error *error)
{
    sigset_t before;
    struct exec_program *program = make_quiet_program(repeat, error);
    if (program == NULL)
        return false;
    struct repeating repeating = {.repeat = repeat,
        .program = program,
        .cells = cells,
        .count = count,
        .runs = calloc(repeat->jobs, sizeof(*repeating.runs)),
        .signals_fd = end_signals_catch(&before),
        .began_us = clock_now_us()};
    struct pollfd *watched = calloc((size_t)repeat->jobs + 1, sizeof(*watched));
    bool ready = repeating.runs != NULL && watched != NULL && repeating.signals_fd >= 0;
    bool ran = ready ? follow_runs(&repeating, watched, error)
                     : error_set(error, ERROR_LAB, "cannot prepare the runs");
    *interrupted = repeating.interrupted;
    end_signals_release(repeating.signals_fd, &before);
    free(repeating.runs);
    free(watched);
    exec_program_free(program);
    return ran;
}
