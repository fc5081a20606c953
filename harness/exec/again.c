// From given.json: the program is the stored one, and the user is whoever asks.
#include "exec/again.h"

#include "base/duration.h"
#include "base/text.h"
#include "exec/environment.h"
#include "exec/folder.h"
#include "exec/given.h"
#include "exec/internal.h"
#include "exec/setup.h"
#include "host/advice.h"
#include "host/guest_confine.h"
#include "host/guest_disk.h"
#include "host/guest_memory.h"
#include "host/planned.h"
#include "trace/event.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool exec_again_can(const struct folder *stored, struct error *error)
{
    return folder_has(stored, GIVEN_FILE) ||
           error_set(error, ERROR_INPUT,
               "%s: what the program was given was not kept (a shell, --no-replay, an earlier hangup, or it was interrupted): only the same `hangup exec` runs it again",
               stored->path);
}

static size_t count_signals(const struct folder *stored)
{
    struct error none = {0};
    size_t count = 0, i;
    json_t *event, *events = trace_event_read_in(stored, &none);
    json_array_foreach(events, i, event)
    {
        const char *name = json_string_value(json_object_get(event, "event"));
        count += name != NULL && strcmp(name, "signal") == 0;
    }
    json_decref(events);
    return count;
}

// One line, whatever the names in it are made of. Takes over `text`.
static void say_note(FILE *notes, char *text)
{
    char *line = text != NULL ? text_one_line(text) : NULL;
    if (line != NULL)
        fprintf(notes, "hangup: %s\n", line);
    free(line);
    free(text);
}

static void note_files(const json_t *given, const struct paths *paths, FILE *notes)
{
    const char *names[GIVEN_NAMES_MAX] = {"", "", ""};
    char *text = NULL;
    const size_t changed = exec_given_compare_files(given, paths, names);
    if (changed > 0 && asprintf(&text, "%zu of the %zu files that were opened are others now: %s %s %s%s",
                           changed, json_object_size(json_object_get(given, "files")), names[0], names[1],
                           names[2], changed > GIVEN_NAMES_MAX ? " and others" : "") >= 0)
        say_note(notes, text);
}

static void note_names(FILE *notes, const char *what, const json_t *names)
{
    char *text = NULL;
    size_t size, i;
    json_t *name;
    FILE *list = json_array_size(names) > 0 ? open_memstream(&text, &size) : NULL;
    if (list == NULL)
        return;
    fputs(what, list);
    json_array_foreach(names, i, name)
    {
        fprintf(list, " %s", json_is_string(name) ? json_string_value(name) : "?");
    }
    if (fclose(list) == 0)
        say_note(notes, text);
    else
        free(text);
}

// What decides the run and is not in the folder.
static void note_unrecorded(const json_t *given, const struct folder *stored, const struct cell *cell,
    const json_t *missing, FILE *notes)
{
    const json_t *input = json_object_get(given, "input");
    const json_int_t typed = json_integer_value(json_object_get(given, "typed"));
    const size_t signals = count_signals(stored);
    note_names(notes,
        "variables whose values were not kept, taken as they are now:", json_object_get(given, "not_kept"));
    note_names(notes, "variables that are not set any more:", missing);
    if (json_is_object(input) && !json_is_true(json_object_get(input, "kept")))
        fputs("hangup: its input was too large to be kept: it reads nothing\n", notes);
    if (typed > 0)
        fprintf(notes, "hangup: %lld keys were typed, and not kept: none is typed now\n", (long long)typed);
    if (signals > 0)
        fprintf(notes, "hangup: %zu signals came from outside: none comes now\n", signals);
    if (json_array_size(json_object_get(json_object_get(given, "program"), "writable")) > 0)
        fputs("hangup: its --writable folders are not written to now\n", notes);
    if (cell->lab != LAB_VIRTUAL)
        fputs("hangup: it ran in real time: other bytes are to be expected\n", notes);
}

// Nobody becomes somebody else by a file, and nothing is written by it.
static bool become_the_callers(struct exec_program *program, const struct exec_program *caller)
{
    char **none = calloc(1, sizeof(*none));
    int64_t *groups = calloc(caller->groups_count + 1, sizeof(*groups));
    if (none == NULL || groups == NULL) {
        free(none);
        free(groups);
        return false;
    }
    memcpy(groups, caller->groups, caller->groups_count * sizeof(*groups));
    exec_words_free(program->writable);
    free(program->groups);
    program->writable = none;
    program->groups = groups;
    program->groups_count = caller->groups_count;
    program->user = caller->user;
    program->group = caller->group;
    return true;
}

static struct exec_program *make_program(const struct paths *paths, const struct exec_options *options,
    const json_t *given, json_t *missing, struct error *error)
{
    struct exec_program *program = exec_program_from_json(json_object_get(given, "program"));
    if (program == NULL || program->folder[0] != '/') {
        exec_program_free(program);
        error_set(error, ERROR_INPUT, GIVEN_FILE ": program: not as hangup writes it");
        return NULL;
    }
    struct exec_program *caller = exec_setup_program(paths, options, error);
    char **environment = caller != NULL ? exec_given_environment(
                                              given, program->environment, caller->environment, missing)
                                        : NULL;
    if (environment != NULL && become_the_callers(program, caller)) {
        exec_words_free(program->environment);
        program->environment = environment;
        exec_program_free(caller);
        return program;
    }
    if (caller != NULL)
        error_set(error, ERROR_LAB, "out of memory");
    exec_words_free(environment);
    exec_program_free(caller);
    exec_program_free(program);
    return NULL;
}

// The kept input, or none, is our own standard input from now on.
static bool open_input(const struct folder *stored, struct error *error)
{
    int fd = openat(stored->fd, GIVEN_INPUT_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    bool opened = fd >= 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO;
    if (fd >= 0)
        close(fd);
    return opened || error_set_errno(error, ERROR_LAB, "%s/" GIVEN_INPUT_FILE, stored->path);
}

static bool play_again(const struct exec_stage *stage, const struct folder *stored, struct error *error)
{
    int status = EXIT_SUCCESS;
    struct folder to;
    if (!open_input(stored, error) || !exec_play(stage, &status, error) ||
        !folder_open(&to, stage->options->folder, ERROR_LAB, error))
        return false;
    bool ended = exec_folder_has_report(&to) || error_set(error, ERROR_LAB, "interrupted");
    folder_close(&to);
    return ended;
}

static bool run_given(const struct exec_options *options, const struct paths *paths, const json_t *given,
    const struct folder *stored, const struct cell *cell, FILE *notes, struct error *error)
{
    struct image image = IMAGE_NONE;
    json_t *missing = json_array();
    struct exec_program *program = make_program(paths, options, given, missing, error);
    bool ran = program != NULL && planned_image_find(cell, paths, &image, error) &&
               planned_world_check(cell, stored->path, paths, &image, notes, error) &&
               guest_confine_examine(false, stderr, error) && guest_memory_fits(1, NULL, error) > 0;
    if (ran) {
        const struct exec_stage stage = {
            .options = options, .paths = paths, .image = &image, .cell = cell, .program = program};
        note_files(given, paths, notes);
        note_unrecorded(given, stored, cell, missing, notes);
        ran = play_again(&stage, stored, error);
    }
    exec_program_free(program);
    json_decref(missing);
    image_close(&image);
    return ran;
}

bool exec_run_again(const struct folder *stored, const struct cell *cell, const char *to, FILE *notes,
    bool *exact, struct error *error)
{
    struct paths paths;
    json_t *given = exec_given_read(stored, error);
    if (given == NULL)
        return false;
    const struct exec_options options = {.command = cell->command,
        .folder = to,
        .lab = cell->lab,
        .seed = cell->seed,
        .watchdog_us = EXEC_WATCHDOG_US,
        .disk_limit = GUEST_DISK_LIMIT,
        .inside = json_is_true(json_object_get(given, "inside")),
        .quiet = true,
        .no_replay = true,
        .muted = true};
    *exact = json_array_size(json_object_get(json_object_get(given, "program"), "writable")) == 0;
    bool ran = paths_find(&paths, error) && advice_check_kernel(&paths, error) &&
               run_given(&options, &paths, given, stored, cell, notes, error);
    json_decref(given);
    return ran;
}
