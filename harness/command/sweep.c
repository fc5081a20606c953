// hangup sweep: the undisturbed cell first; then one cell for each moment between its packets.
// sweep_program.c has the same of a program.
#include "base/array.h"
#include "base/help.h"
#include "base/invocation.h"
#include "command/command.h"
#include "command/points.h"
#include "command/sweep_output.h"
#include "command/sweep_program.h"
#include "sweep/cells.h"
#include "sweep/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char command_sweep_help[] =
    "usage: hangup sweep SCENARIO --subject SUBJECT [OPTIONS]\n"
    "       hangup sweep SCENARIO [OPTIONS] -- COMMAND...\n"
    "\n"
    "Runs the scenario's workload undisturbed, or your own program; then again for each moment between two packets, with the scenario's first fault at that moment and the others as much later as they are in the scenario. Says which outcomes there are, and after which packet one ends and another begins. Packets that the lab hears of together are one moment.\n"
    "\n"
    "Nothing is expected of these cells, so nothing fails. Statements are those of the server's log.\n"
    "\n"
    "A program runs as with `hangup exec`: of the scenario only network and faults count. Its outcome is its exit status, whether it ended as usual, 5 s late or a minute late, and its last line of error, with # for numbers and addresses; nothing is known of what it wrote. Undisturbed it has to exit with 0. It has to do the same each time: where it did something else before the fault, that moment proves nothing. It has no terminal, and standard input is read once, to its end, for all runs (</dev/null where there is none to come). Each moment boots a lab of its own. `hangup replay`, `hangup why` and `hangup report` take the folder of a moment.\n"
    "\n"
    "  --subject SUBJECT  pqpool:pre-ping, or pqpool for all its strategies, or a manifest (mypool.yaml); may be given again\n"
    "  --depth N        go on from what was found: in the first cell of each outcome the next thing that the scenario's faults do, such as their end, comes at each later moment, too; so on for N things, 4 at most (default 1). That cell is run up to there once, and goes on as copies of it\n"
    "  --retry          when it is told an error the application does the write again, at once and up to 10 times, as many do: where is it there twice? Each sweep is run so, and again with the key as an idempotency key (ON CONFLICT DO NOTHING), which must hold\n"
    "  --timeout D      of a program: a limit on the lab's time, as with exec (default 6h)\n"
    "  --inside         the program comes from the image, as with exec\n"
    "  --image IMAGE    the world of the lab: a name (debian-12), or a file (default: as of `hangup run`)\n"
    "  --seed N         the seed of all chance in the lab (default 7)\n"
    "  --jobs N         guests at once (default: one for each core)\n"
    "  --shard I/N      only each N-th moment, from the I-th on; `hangup merge` makes the whole of all shards\n"
    "  --out DIR        the sweep's own folder, with report.html, sweep.json and a folder a cell (default: results/<UTC time>-sweep)\n"
    "  --resume         resume the sweep in DIR: run what is not done\n"
    "  --cold           boot a guest for each cell; else one does for all points of a subject, and goes on as copies of it: the same bytes, sooner\n"
    "  --disk-limit S   what one cell may write to this machine's disk; more is an error (default 64mb)\n"
    "  --sealed         refuse to run where the host's kernel cannot hold a guest\n"
    "  --format table|json  what to print (default: table)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 swept, 1 a row is there twice in spite of an idempotency key, 2 the command line or a file is wrong, 3 a cell could not be run, 130 interrupted.\n";

// Cells of one run, and what becomes of them.
struct cells_run {
    struct cell **cells; // that own their scenarios
    size_t count;
    struct run_result *result;
};

struct sweeping {
    const struct run_options *options;
    struct points_ground *ground;
    struct sweep_file
        file; // a sweep for each cell of the scenario's plan, or two with --retry; more with --depth
    struct cell **made; // owned: the cells of --retry and --depth
    size_t made_count;
};

static void free_cells_run(struct cells_run *run)
{
    for (size_t i = 0; i < run->count; i++)
        cell_free(run->cells[i]);
    free(run->cells);
    run_result_free(run->result);
    *run = (struct cells_run){.result = NULL};
}

// Room for so many; they are added by hand.
static bool begin_cells_run(struct cells_run *run, size_t count, struct error *error)
{
    *run = (struct cells_run){.cells = calloc(count + 1, sizeof(struct cell *))};
    return run->cells != NULL || error_set(error, ERROR_LAB, "out of memory");
}

static bool add_cell(struct cells_run *run, struct cell *cell)
{
    if (cell != NULL)
        run->cells[run->count++] = cell;
    return cell != NULL;
}

static bool run_cells(struct sweeping *sweeping, struct cells_run *run, struct error *error)
{
    return points_run(sweeping->ground, run->cells, run->count, &run->result, error);
}

// What an adapter does not know is shown, and is no reason to stop.
static bool note_unsupported(struct sweep *sweep, const struct verdict *verdict, struct error *error)
{
    sweep->unsupported = strdup(verdict->reasons_count > 0 ? verdict->reasons[0] : "unsupported");
    return sweep->unsupported != NULL || error_set(error, ERROR_LAB, "out of memory");
}

static bool take_undisturbed(
    struct sweeping *sweeping, struct sweep *sweep, const struct cell_result *result, struct error *error)
{
    struct folder folder;
    if (result->verdict == NULL)
        return true; // interrupted
    if (result->verdict->outcome == OUTCOME_SKIP && sweep->retry == SWEEP_RETRY_ONCE)
        return note_unsupported(sweep, result->verdict, error);
    if (result->verdict->outcome == OUTCOME_ERROR && sweep->title.given != NULL)
        return true; // such as one whose fault has met nothing
    if (result->verdict->outcome == OUTCOME_ERROR || result->verdict->outcome == OUTCOME_SKIP)
        return error_set(error, ERROR_LAB, "%s, undisturbed: %s", sweep->cell->subject,
            result->verdict->reasons_count > 0 ? result->verdict->reasons[0] : "proves nothing");
    if (!folder_enter(&sweeping->ground->folder, result->dir, &folder, ERROR_LAB, error))
        return false;
    char *words = sweep_outcome_words(result->verdict);
    bool read = words != NULL ? sweep_points_read_in(&folder, &sweep->points, error)
                              : error_set(error, ERROR_LAB, "out of memory");
    if (read && sweep->title.given != NULL)
        sweep_points_keep_after(&sweep->points, &sweep->from);
    read = read && sweep_begin(sweep, words, error);
    free(words);
    folder_close(&folder);
    return read;
}

// Of the sweeps from that number on.
static bool run_undisturbed(struct sweeping *sweeping, size_t from, struct error *error)
{
    struct cells_run run;
    struct sweep_file *file = &sweeping->file;
    bool good = begin_cells_run(&run, file->count - from, error);
    for (size_t i = from; good && i < file->count; i++)
        good = add_cell(&run, sweep_undisturbed(file->sweeps[i].cell, STOP_EVERYWHERE, error));
    good = good && run_cells(sweeping, &run, error);
    for (size_t i = from; good && i < file->count; i++)
        good = take_undisturbed(sweeping, &file->sweeps[i], &run.result->cells[i - from], error);
    free_cells_run(&run);
    return good;
}

static size_t count_points(const struct sweep_file *file, size_t from)
{
    size_t count = 0;
    for (size_t i = from; i < file->count; i++)
        count += file->sweeps[i].points.count;
    return count;
}

static bool add_moved_cells(
    struct cells_run *run, const struct sweep_file *file, const struct sweep *sweep, struct error *error)
{
    for (size_t i = 0; i < sweep->points.count; i++)
        if (sweep_file_has(file, i) &&
            !add_cell(run, sweep_moved(sweep->cell, &sweep->points.items[i], error)))
            return false;
    return true;
}

static bool take_moved_verdict(
    struct sweep *sweep, size_t point, const struct verdict *verdict, struct error *error)
{
    char *words = sweep_outcome_words(verdict);
    const struct sweep_outcome outcome = {.words = words,
        .doubled = verdict->metrics.value[METRIC_DUPLICATED] > 0,
        .took_us = SWEEP_TOOK_UNKNOWN};
    bool taken = words != NULL ? sweep_take(sweep, point, &outcome, error)
                               : error_set(error, ERROR_LAB, "out of memory");
    free(words);
    return taken;
}

// `cell`: the place of the next result. What was interrupted has no verdict.
static bool take_moved(const struct sweep_file *file, struct sweep *sweep, const struct cell_result *results,
    size_t *cell, struct error *error)
{
    for (size_t i = 0; i < sweep->points.count; i++) {
        if (!sweep_file_has(file, i))
            continue;
        const struct verdict *verdict = results[(*cell)++].verdict;
        if (verdict != NULL && !take_moved_verdict(sweep, i, verdict, error))
            return false;
    }
    return true;
}

static bool run_moved(struct sweeping *sweeping, size_t from, struct error *error)
{
    struct cells_run run;
    struct sweep_file *file = &sweeping->file;
    bool good = begin_cells_run(&run, count_points(file, from), error);
    for (size_t i = from; good && i < file->count; i++)
        good = add_moved_cells(&run, file, &file->sweeps[i], error);
    good = good && run_cells(sweeping, &run, error);
    for (size_t i = from, cell = 0; good && i < file->count; i++)
        good = take_moved(file, &file->sweeps[i], run.result->cells, &cell, error);
    free_cells_run(&run);
    return good;
}

static bool keep_cell(struct sweeping *sweeping, struct cell *cell, struct error *error)
{
    if (cell == NULL)
        return false;
    struct cell **grown = array_grow(sweeping->made, sweeping->made_count, sizeof(*grown));
    if (grown == NULL) {
        cell_free(cell);
        return error_set(error, ERROR_LAB, "out of memory");
    }
    sweeping->made = grown;
    sweeping->made[sweeping->made_count++] = cell;
    return true;
}

// Of what comes next in a cell.
static struct sweep *begin_sweep(
    struct sweeping *sweeping, const struct cell *cell, enum sweep_retry retry, struct error *error)
{
    struct sweep *sweep = sweep_file_add(&sweeping->file, error);
    if (sweep == NULL)
        return NULL;
    *sweep = (struct sweep){.retry = retry};
    return sweep_name(sweep, cell, cell->subject, error) ? sweep : NULL;
}

// The sweep of what comes next in the first cell of an outcome.
static bool add_deeper(struct sweeping *sweeping, size_t nth, size_t class, struct error *error)
{
    const struct sweep before = sweeping->file.sweeps[nth]; // what it points to stays where it is
    const struct sweep_point *point = &before.points.items[before.classes.items[class].first];
    char step[SWEEP_STEP_SIZE];
    struct cell *cell = sweep_moved(before.cell, point, error);
    if (!keep_cell(sweeping, cell, error))
        return false;
    if (sweep_step_words(cell->scenario, sweep_steps_placed(cell), step)[0] == '\0')
        return true; // nothing comes any more
    struct sweep *sweep = begin_sweep(sweeping, cell, before.retry, error);
    if (sweep == NULL)
        return false;
    const char *given = before.title.given;
    sweep->from = *point;
    if (asprintf(&sweep->title.given, "%s%s%s, %s", given != NULL ? given : "", given != NULL ? "; " : "",
            before.title.fault, point->words) >= 0)
        return true;
    sweep->title.given = NULL;
    return error_set(error, ERROR_LAB, "out of memory");
}

static bool run_deeper(struct sweeping *sweeping, struct error *error)
{
    struct sweep_file *file = &sweeping->file;
    bool good = true;
    size_t from = 0;
    for (unsigned depth = 1; good && depth < sweeping->options->depth && !sweeping->ground->interrupted;
        depth++) {
        const size_t to = file->count;
        for (size_t i = from; i < to; i++)
            for (size_t class = 1; good && class < file->sweeps[i].classes.count; class ++)
                good = add_deeper(sweeping, i, class, error);
        good = good && run_undisturbed(sweeping, to, error) &&
               (sweeping->ground->interrupted || run_moved(sweeping, to, error));
        sweep_file_drop_empty(file, to);
        from = to;
    }
    return good;
}

static bool sweep_all(struct sweeping *sweeping, struct error *error)
{
    if (!run_undisturbed(sweeping, 0, error) || sweeping->ground->interrupted)
        return sweeping->ground->interrupted;
    return run_moved(sweeping, 0, error) && run_deeper(sweeping, error) &&
           sweep_output(&sweeping->file, &sweeping->ground->folder,
               strcmp(sweeping->options->report->format, "json") == 0, error);
}

static bool check_sweep(const struct plan *plan, struct error *error)
{
    for (size_t i = 0; i < plan->cells_count; i++)
        if (plan->cells[i]->scenario->faults_count == 0)
            return error_set(
                error, ERROR_INPUT, "%s has no fault that could be moved", plan->cells[i]->scenario->name);
    return true;
}

static bool add_sweep(
    struct sweeping *sweeping, const struct cell *cell, enum sweep_retry retry, struct error *error)
{
    if (retry != SWEEP_RETRY_NONE) {
        struct cell *made = sweep_retried(cell, retry, error);
        if (!keep_cell(sweeping, made, error))
            return false;
        cell = made;
    }
    return begin_sweep(sweeping, cell, retry, error) != NULL;
}

static bool begin_sweeps(struct sweeping *sweeping, const struct plan *plan, struct error *error)
{
    bool good = true;
    sweeping->file = (struct sweep_file){
        .shard = sweeping->options->shard, .shards = sweeping->options->shards};
    for (size_t i = 0; good && i < plan->cells_count; i++)
        good = sweeping->options->retry ? add_sweep(sweeping, plan->cells[i], SWEEP_RETRY_PLAIN, error) &&
                                              add_sweep(sweeping, plan->cells[i], SWEEP_RETRY_ONCE, error)
                                        : add_sweep(sweeping, plan->cells[i], SWEEP_RETRY_NONE, error);
    return good;
}

static void end_sweeps(struct sweeping *sweeping)
{
    sweep_file_free(&sweeping->file);
    for (size_t i = 0; i < sweeping->made_count; i++)
        cell_free(sweeping->made[i]);
    free(sweeping->made);
}

static bool has_broken_key(const struct sweep_file *file)
{
    for (size_t i = 0; i < file->count; i++)
        if (file->sweeps[i].retry == SWEEP_RETRY_ONCE && file->sweeps[i].doubled > 0)
            return true;
    return false;
}

static bool sweep_plan(
    const struct run_options *options, struct points_ground *ground, int *status, struct error *error)
{
    struct sweeping sweeping = {.options = options, .ground = ground};
    bool swept = begin_sweeps(&sweeping, ground->plan, error) && sweep_all(&sweeping, error);
    if (ground->interrupted)
        *status = EXIT_INTERRUPTED;
    else if (has_broken_key(&sweeping.file))
        *status = EXIT_FAILED;
    end_sweeps(&sweeping);
    return swept;
}

static bool sweep_subjects(const struct run_options *options, int *status, struct error *error)
{
    struct points_ground ground;
    bool swept = points_open(&ground, options, "sweep", error) && check_sweep(ground.plan, error) &&
                 sweep_plan(options, &ground, status, error);
    points_close(&ground);
    return swept;
}

static bool check_program_options(const struct run_options *options, struct error *error)
{
    if (options->command[0] == NULL)
        return error_set(error, ERROR_INPUT, "sweep: a command is missing: %s sweep %s -- COMMAND...",
            invocation_name(), options->scenarios_count > 0 ? options->scenarios[0] : "SCENARIO");
    if (options->subjects_count > 0)
        return error_set(error, ERROR_INPUT,
            "sweep: --subject and a command behind `--`: a sweep is of pools, or of one program");
    if (options->retry)
        return error_set(
            error, ERROR_INPUT, "sweep: --retry is of --subject: a program does its own retries");
    if (options->depth > 1)
        return error_set(
            error, ERROR_INPUT, "sweep: --depth is of --subject: a program cannot go on as a copy");
    return options->scenarios_count == 1 ||
           error_set(error, ERROR_INPUT, "sweep: expected one scenario before `--`");
}

static bool check_subject_options(const struct run_options *options, struct error *error)
{
    if (options->scenarios_count == 0 || options->subjects_count == 0)
        return error_set(
            error, ERROR_INPUT, "sweep: expected a scenario and --subject, or a command behind `--`");
    if (options->depth > 1 && options->shards > 1)
        return error_set(error, ERROR_INPUT,
            "sweep: --depth goes on from all moments, and --shard has some of them: expected one of them");
    return (options->timeout_us == 0 && !options->inside) ||
           error_set(error, ERROR_INPUT, "sweep: --timeout and --inside are of a command behind `--`");
}

static bool sweep_chosen(const struct run_options *options, int *status, struct error *error)
{
    if (options->command != NULL)
        return check_program_options(options, error) && sweep_program(options, status, error);
    return check_subject_options(options, error) && sweep_subjects(options, status, error);
}

int command_sweep(int argc, char **argv)
{
    struct run_options options;
    struct error error = {0};
    int status = EXIT_AS_EXPECTED;
    bool done = run_options_parse_sweep(argc, argv, &options, &error);
    if (done && options.help)
        help_print(stdout, command_sweep_help);
    else if (done)
        done = sweep_chosen(&options, &status, &error);
    run_options_free(&options);
    return done ? status : command_fail(&error);
}
