// Plan, program and folder of `hangup exec`.
#include "exec/setup.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/name_list.h"
#include "base/path.h"
#include "contract/world.h"
#include "exec/environment.h"
#include "exec/folder.h"
#include "exec/given.h"
#include "exec/streams.h"
#include "exec/terminal.h"
#include "host/guardian.h"
#include "host/guest.h"
#include "host/results_folder.h"
#include "plan/plan.h"
#include "scenario/program.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HELPERS        "harness/exec_helpers" // below the project
#define INSIDE_PROGRAM WORLD_PROJECT "/build/hangup"

extern char **environ;

static char *const *command_of(const struct exec_options *options)
{
    static char *shell[2];
    if (options->command != NULL)
        return options->command;
    shell[0] = getenv("SHELL");
    if (shell[0] == NULL || shell[0][0] == '\0')
        shell[0] = "/bin/sh";
    return shell;
}

static struct scenario *read_program_scenario(
    const struct paths *paths, const char *name, struct error *error)
{
    if (name == NULL)
        return scenario_calm(error);
    return is_yaml_file(name) ? scenario_read_for_program(name, error)
                              : plan_read_scenario(paths->root, name, error);
}

struct cell *exec_setup_cell(
    const struct paths *paths, const struct exec_options *options, struct error *error)
{
    struct scenario *scenario = read_program_scenario(paths, options->scenario, error);
    for (size_t i = 0; scenario != NULL && i < options->faults_count; i++)
        if (!scenario_add_fault(scenario, options->faults[i], error)) {
            scenario_free(scenario);
            return NULL;
        }
    if (scenario == NULL)
        return NULL;
    return cell_of_program(scenario, EXEC_SUBJECT, command_of(options), options->seed, options->lab, error);
}

// The lab has its own of these.
static bool check_visible(const char *folder, const char *what, struct error *error)
{
    static const char *const hidden[] = {"/proc", "/sys", "/dev", "/run"};
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        size_t length = strlen(hidden[i]);
        if (strncmp(folder, hidden[i], length) == 0 && (folder[length] == '/' || folder[length] == '\0'))
            return error_set(
                error, ERROR_INPUT, "%s %s: the lab has a %s of its own", what, folder, hidden[i]);
    }
    return true;
}

static char *resolve_writable(const char *folder, struct error *error)
{
    char real[PATH_MAX];
    struct stat attributes;
    if (realpath(folder, real) == NULL || stat(real, &attributes) != 0 || access(real, W_OK | X_OK) != 0)
        error_set_errno(error, ERROR_INPUT, "--writable %s", folder);
    else if (!S_ISDIR(attributes.st_mode))
        error_set(error, ERROR_INPUT, "--writable %s: expected a folder", folder);
    else if (strcmp(real, "/") == 0)
        error_set(error, ERROR_INPUT, "--writable /: expected a folder that can be given away");
    else if (check_visible(real, "--writable", error))
        return strdup(real);
    return NULL;
}

static bool fill_writable(
    struct exec_program *program, const struct exec_options *options, struct error *error)
{
    if (options->writable_count > GUEST_WRITABLE_MAX)
        return error_set(error, ERROR_INPUT, "--writable: %d folders at most", GUEST_WRITABLE_MAX);
    program->writable = calloc(options->writable_count + 1, sizeof(*program->writable));
    for (size_t i = 0; program->writable != NULL && i < options->writable_count; i++) {
        program->writable[i] = resolve_writable(options->writable[i], error);
        if (program->writable[i] == NULL)
            return false;
    }
    return program->writable != NULL;
}

// As who started us. Where that is root, the lab leaves it root's files and takes root's powers.
static bool fill_user(struct exec_program *program)
{
    gid_t groups[256];
    int count = getgroups(sizeof(groups) / sizeof(groups[0]), groups);
    program->user = geteuid();
    program->group = getegid();
    program->groups_count = count > 0 ? (size_t)count : 0;
    program->groups = calloc(program->groups_count + 1, sizeof(*program->groups));
    for (size_t i = 0; program->groups != NULL && i < program->groups_count; i++)
        program->groups[i] = groups[i];
    program->umask = (int)umask(0);
    umask((mode_t)program->umask);
    return program->groups != NULL;
}

// A variable that is not UTF-8 would not pass.
static void drop_unfit(char **environment)
{
    char **kept = environment;
    for (char **variable = environment; *variable != NULL; variable++) {
        json_t *fits = json_string(*variable);
        if (fits != NULL)
            *kept++ = *variable;
        else
            free(*variable);
        json_decref(fits);
    }
    *kept = NULL;
}

static bool fill_exec_task(struct exec_program *program, const struct paths *paths,
    const struct exec_options *options, struct error *error)
{
    char programs[PATH_MAX], helpers[PATH_MAX];
    path_format(programs, "%s", options->inside ? INSIDE_PROGRAM : paths->executable);
    path_format(helpers, "%s/" HELPERS, options->inside ? WORLD_PROJECT : paths->root);
    const struct exec_environment_settings settings = {
        .programs = dirname(programs), .helpers = helpers, .lab = options->lab};
    program->timeout_us = options->timeout_us;
    program->argv = exec_words_copy(command_of(options));
    program->environment = exec_environment_make(environ, &settings);
    program->folder = getcwd(NULL, 0);
    if (program->folder == NULL)
        return error_set_errno(error, ERROR_INPUT, "the working directory");
    error_set(error, ERROR_LAB, "out of memory"); // unless a better reason is found
    if (program->argv == NULL || program->environment == NULL || !fill_user(program) ||
        !check_visible(program->folder, "the working directory", error) ||
        !fill_writable(program, options, error))
        return false;
    drop_unfit(program->environment);
    exec_streams_examine(program);
    exec_terminal_size(&program->rows, &program->columns);
    return true;
}

struct exec_program *exec_setup_program(
    const struct paths *paths, const struct exec_options *options, struct error *error)
{
    struct exec_program *program = calloc(1, sizeof(*program));
    if (program == NULL)
        error_set(error, ERROR_LAB, "out of memory");
    else if (fill_exec_task(program, paths, options, error))
        return program;
    exec_program_free(program);
    return NULL;
}

static bool choose_exec_folder(const struct paths *paths, const struct exec_options *options,
    char folder[static PATH_MAX], struct error *error)
{
    char stamp[CLOCK_TEXT_SIZE], name[CLOCK_TEXT_SIZE + 32];
    clock_format_utc(clock_now_us() + clock_realtime_offset_us(), 1, stamp);
    snprintf(name, sizeof(name), "exec-%s-%d", stamp, (int)getpid());
    return results_folder_make(paths, options->folder, name, folder, error);
}

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

// Who may write above the results could put something else into their place.
static bool check_apart(const char *folder, const struct exec_program *program, struct error *error)
{
    for (char **writable = program->writable; *writable != NULL; writable++)
        if (is_below(folder, *writable) || is_below(*writable, folder))
            return error_set(error, ERROR_INPUT,
                "--writable %s and the results folder %s: one lies in the other: choose another --out",
                *writable, folder);
    return true;
}

// What a program before us left in the same --out, and the guest would write to: the server would add to its
// log, and a link would lead elsewhere. What hangup writes there itself is new anyway.
static void clear_exec_folder(const char *folder)
{
    static const char *const files[] = {"postgres.log", "events.jsonl", "capture.pcap", "exec.json",
        EXEC_OUTPUT_FILE, EXEC_ERROR_FILE, EXEC_TERMINAL_FILE, EXEC_HOST_FILES_FILE, GIVEN_FILE,
        GIVEN_INPUT_FILE};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        unlink(path_format(path, "%s/%s", folder, files[i]));
}

static bool write_plan(const struct cell *cell, const char *path, struct error *error)
{
    struct folder folder;
    if (!folder_open(&folder, path, ERROR_LAB, error))
        return false;
    bool written = cell_write(cell, &folder, error);
    folder_close(&folder);
    return written;
}

// The image's program sees the folder that it works in, and what helps it to make faults.
static bool show_inside(struct guest_task *task, const struct paths *paths,
    const struct exec_program *program, struct error *error)
{
    char helpers[PATH_MAX];
    if (strcmp(program->folder, "/") == 0)
        return error_set(
            error, ERROR_INPUT, "--inside: the working directory is /: choose a folder of yours");
    return guest_task_show(task, program->folder, program->folder, error) &&
           guest_task_show(task, paths->executable, INSIDE_PROGRAM, error) &&
           guest_task_show(
               task, path_format(helpers, "%s/" HELPERS, paths->root), WORLD_PROJECT "/" HELPERS, error);
}

bool exec_setup_folder(const struct paths *paths, const struct exec_options *options, const struct cell *cell,
    const struct exec_program *program, struct guest_task *task, char folder[static PATH_MAX],
    struct error *error)
{
    task->kind = GUEST_TASK_EXEC;
    task->host_root = !options->inside;
    if (options->inside && !show_inside(task, paths, program, error))
        return false;
    if (!choose_exec_folder(paths, options, folder, error) || !check_visible(folder, "--out", error) ||
        !check_apart(folder, program, error))
        return false;
    clear_exec_folder(folder);
    // Before there is a file with the user's environment or input, so that none is left however we end.
    return guardian_watch(folder, 0, error) && write_plan(cell, folder, error) &&
           exec_program_write(folder, program, error) && guest_task_write(folder, task, error) &&
           exec_streams_copy_input(folder, program, error);
}
