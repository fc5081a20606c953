// The program undisturbed; then once for each moment between its packets, each time in a lab of its own: a
// program is no adapter that could be told to go on as somebody else, so that no trunk serves it.
#include "command/sweep_program.h"

#include "base/invocation.h"
#include "command/command.h"
#include "command/points.h"
#include "command/sweep_output.h"
#include "exec/repeat.h"
#include "sweep/cells.h"
#include "sweep/program.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct program_sweep {
    const struct run_options *options;
    struct points_ground *ground;
    struct exec_repeat repeat;
    struct cell *cell;
    struct sweep_file file; // of one sweep
    struct sweep_calm calm;
    struct cell **cells; // of the points that this shard has; owned
    size_t cells_count;
};

// The command line as a shell reads it. NULL: no memory.
static char *command_words(char *const *command)
{
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return NULL;
    for (size_t i = 0; command[i] != NULL; i++) {
        if (i > 0)
            fputc(' ', memory);
        shell_word_print(memory, command[i]);
    }
    if (fclose(memory) == 0)
        return text;
    free(text);
    return NULL;
}

static bool name_program_sweep(struct program_sweep *program, struct error *error)
{
    char *words = command_words(program->options->command);
    program->file = (struct sweep_file){.sweeps = calloc(1, sizeof(struct sweep)),
        .shard = program->options->shard,
        .shards = program->options->shards};
    bool named = program->file.sweeps != NULL && words != NULL;
    program->file.count = named;
    named = named ? sweep_name(&program->file.sweeps[0], program->cell, words, error)
                  : error_set(error, ERROR_LAB, "out of memory");
    free(words);
    return named;
}

static bool make_program_cell(void *whom, const struct paths *paths, struct error *error)
{
    struct program_sweep *program = whom;
    const struct run_options *options = program->options;
    program->repeat = (struct exec_repeat){.scenario = options->scenarios[0],
        .command = options->command,
        .paths = paths,
        .seed = options->seed,
        .timeout_us = options->timeout_us,
        .disk_limit = options->disk_limit,
        .inside = options->inside};
    program->cell = exec_repeat_cell(&program->repeat, error);
    if (program->cell == NULL)
        return false;
    return program->cell->scenario->faults_count > 0 ||
           error_set(
               error, ERROR_INPUT, "%s has no fault that could be moved", program->cell->scenario->name);
}

static bool run_program_cells(
    struct program_sweep *program, struct cell *const *cells, size_t count, struct error *error)
{
    bool interrupted = false;
    bool ran = exec_repeat_run(&program->repeat, cells, count, &interrupted, error);
    program->ground->interrupted |= interrupted;
    return ran;
}

static bool read_run(const struct program_sweep *program, const struct cell *cell,
    struct exec_run_texts *texts, struct folder *folder, struct error *error)
{
    *texts = (struct exec_run_texts){0};
    folder->fd = -1;
    return folder_enter(&program->ground->folder, cell->name, folder, ERROR_LAB, error) &&
           exec_run_texts_read(folder, texts, error);
}

// ERROR_INPUT: the program is not one that could be swept.
static bool check_calm(const struct exec_run_texts *texts, const struct folder *folder, struct error *error)
{
    const json_t *failure = json_object_get(texts->report, "failure");
    if (texts->report == NULL || failure != NULL)
        return error_set(error, ERROR_LAB, "undisturbed: %s",
            failure != NULL ? json_string_value(failure) : "the run did not come to its end");
    char *refusal = sweep_calm_refusal(texts->report, texts->output, texts->errors);
    if (refusal == NULL)
        return true;
    error_set(error, ERROR_INPUT,
        "sweep: undisturbed the program has to exit with 0, and it did not: %s (%s has its output)", refusal,
        folder->path);
    free(refusal);
    return false;
}

static bool begin_points(struct program_sweep *program, const struct exec_run_texts *texts,
    const struct folder *folder, struct error *error)
{
    struct sweep *sweep = &program->file.sweeps[0];
    const json_t *connections = json_object_get(json_object_get(texts->report, "wire"), "connections");
    if (json_integer_value(connections) == 0)
        return error_set(error, ERROR_INPUT,
            "sweep: undisturbed the program opens no connection to the database: does it follow PGHOST or DATABASE_URL?");
    program->calm = sweep_calm_of(texts->report);
    char *words = sweep_program_words(texts->report, &program->calm, texts->output, texts->errors);
    bool begun = words != NULL
                     ? sweep_points_read_in(folder, &sweep->points, error) && sweep_begin(sweep, words, error)
                     : error_set(error, ERROR_LAB, "out of memory");
    free(words);
    return begun;
}

static bool run_calm(struct program_sweep *program, struct error *error)
{
    struct folder folder = {.fd = -1};
    struct exec_run_texts texts = {0};
    struct cell *calm = sweep_undisturbed(program->cell, 0, error);
    bool good = calm != NULL && run_program_cells(program, &calm, 1, error);
    if (good && !program->ground->interrupted)
        good = read_run(program, calm, &texts, &folder, error) && check_calm(&texts, &folder, error) &&
               begin_points(program, &texts, &folder, error);
    exec_run_texts_free(&texts);
    folder_close(&folder);
    cell_free(calm);
    return good;
}

static bool make_cells(struct program_sweep *program, struct error *error)
{
    const struct sweep *sweep = &program->file.sweeps[0];
    program->cells = calloc(sweep->points.count + 1, sizeof(struct cell *));
    if (program->cells == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; i < sweep->points.count; i++) {
        if (!sweep_file_has(&program->file, i))
            continue;
        struct cell *cell = sweep_moved(program->cell, &sweep->points.items[i], error);
        if (cell == NULL)
            return false;
        program->cells[program->cells_count++] = cell;
    }
    return true;
}

// A program that does not do the same each time, such as one that reads a file that changes, meets the fault
// at another moment than the point's.
static bool did_the_same_before(
    const struct sweep *sweep, size_t point, const struct folder *folder, bool *same, struct error *error)
{
    struct sweep_points points;
    *same = true;
    if (point == 0)
        return true; // nothing comes before it
    if (!sweep_points_read_in(folder, &points, error))
        return false;
    *same = sweep_points_agree_before(&sweep->points, &points, point);
    sweep_points_free(&points);
    return true;
}

static char *words_of_run(const struct program_sweep *program, size_t point,
    const struct exec_run_texts *texts, const struct folder *folder, struct error *error)
{
    bool same;
    if (!did_the_same_before(&program->file.sweeps[0], point, folder, &same, error))
        return NULL;
    char *words = same ? sweep_program_words(texts->report, &program->calm, texts->output, texts->errors)
                       : strdup("proves nothing: before the fault it did not do what it does undisturbed");
    if (words == NULL)
        (void)error_set(error, ERROR_LAB, "out of memory");
    return words;
}

// A signal ends runs, which have no outcome then, and leaves others as an earlier sweep has left them.
static bool take_program_run(
    struct program_sweep *program, size_t point, const struct cell *cell, struct error *error)
{
    struct folder folder;
    struct exec_run_texts texts;
    if (program->ground->interrupted && !exec_repeat_is_made(&program->repeat, cell))
        return true;
    bool taken = read_run(program, cell, &texts, &folder, error);
    if (taken && texts.report != NULL) {
        char *words = words_of_run(program, point, &texts, &folder, error);
        const struct sweep_outcome outcome = {.words = words, .took_us = sweep_calm_of(texts.report).took_us};
        taken = words != NULL && sweep_take(&program->file.sweeps[0], point, &outcome, error);
        free(words);
    }
    exec_run_texts_free(&texts);
    folder_close(&folder);
    return taken;
}

static bool run_points(struct program_sweep *program, struct error *error)
{
    const struct sweep *sweep = &program->file.sweeps[0];
    bool good = make_cells(program, error) &&
                run_program_cells(program, program->cells, program->cells_count, error);
    for (size_t i = 0, cell = 0; good && i < sweep->points.count; i++)
        if (sweep_file_has(&program->file, i))
            good = take_program_run(program, i, program->cells[cell++], error);
    return good;
}

static bool sweep_on_ground(struct program_sweep *program, struct error *error)
{
    const struct points_ground *ground = program->ground;
    program->cell->world = ground->world;
    program->repeat.image = &ground->image;
    program->repeat.folder = &ground->folder;
    program->repeat.jobs = ground->schedule.jobs;
    program->repeat.show_progress = ground->schedule.show_progress;
    if (!exec_repeat_take_input(&program->repeat, program->options->resume, error) ||
        !name_program_sweep(program, error) || !run_calm(program, error))
        return false;
    return ground->interrupted ||
           (run_points(program, error) && sweep_output(&program->file, &ground->folder,
                                              strcmp(program->options->report->format, "json") == 0, error));
}

bool sweep_program(const struct run_options *options, int *status, struct error *error)
{
    struct points_ground ground;
    struct program_sweep program = {.options = options, .ground = &ground};
    bool swept = points_open_for_program(&ground, options, make_program_cell, &program, "sweep", error) &&
                 sweep_on_ground(&program, error);
    if (ground.interrupted)
        *status = EXIT_INTERRUPTED;
    for (size_t i = 0; i < program.cells_count; i++)
        cell_free(program.cells[i]);
    free(program.cells);
    sweep_file_free(&program.file);
    cell_free(program.cell);
    points_close(&ground);
    return swept;
}
