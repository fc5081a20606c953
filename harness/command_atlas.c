// hangup atlas: every event in every client, and what it said.
#include "atlas.h"
#include "atlas_event.h"
#include "atlas_run.h"
#include "clock.h"
#include "command.h"
#include "database_template.h"
#include "folder.h"
#include "path_format.h"
#include "paths.h"
#include "run_schedule.h"
#include "text.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_SEED 7
#define JOBS_MAX     256

static const char help[] =
    "usage: hangup atlas [--event E]... [--client C]... [OPTIONS]\n\n"
    "Lets every event happen to every client, with TLS and without, in six states of a connection, and "
    "records "
    "what\nthe client said, when, and what the packets show. Writes results/baseline/atlas.json and "
    "atlas.md; "
    "with --event or\n--client only those rows are made anew, and printed.\n\n"
    "  --event E    one event; may be given again (--list shows them)\n"
    "  --client C   libpq, psycopg2, psycopg3, asyncpg; may be given again\n"
    "  --seed N     the seed of all chance in the lab (default 7)\n"
    "  --jobs N     guests at once (default: one for each core)\n"
    "  --out DIR    where the cells' traces are kept (default: results/<UTC time>-atlas)\n"
    "  --baseline DIR  where atlas.json and atlas.md are (default: results/baseline)\n"
    "  --again DIR  no cell is run: the rows are made from the traces of an earlier run\n"
    "  --list       print the events\n"
    "  --help       this text\n";

struct options {
    const char **events, **clients;
    size_t events_count, clients_count;
    uint64_t seed;
    unsigned jobs;
    const char *folder, *baseline; // NULL: the default
    bool again;                    // from the traces in `folder`
    bool list, help;
};

static bool parse_number(
    const char *option, const char *text, uint64_t low, uint64_t high, uint64_t *number, struct error *error)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *number >= low && *number <= high)
        return true;
    return error_set(error, ERROR_INPUT, "%s %s: expected a whole number from %" PRIu64 " to %" PRIu64,
        option, text, low, high);
}

static bool parse_option(int option, const char *value, struct options *options, struct error *error)
{
    uint64_t jobs;
    switch (option) {
    case 'e': options->events[options->events_count++] = value; return true;
    case 'c': options->clients[options->clients_count++] = value; return true;
    case 'a':
        options->again = true;
        options->folder = value;
        return true;
    case 'o': options->folder = value; return true;
    case 'b': options->baseline = value; return true;
    case 'l': options->list = true; return true;
    case 'h': options->help = true; return true;
    case 'n': return parse_number("--seed", value, 0, INT64_MAX, &options->seed, error);
    case 'j':
        if (!parse_number("--jobs", value, 1, JOBS_MAX, &jobs, error))
            return false;
        options->jobs = (unsigned)jobs;
        return true;
    default: return error_set(error, ERROR_INPUT, "unknown option; see `hangup atlas --help`");
    }
}

static bool parse(int argc, char **argv, struct options *options, struct error *error)
{
    static const struct option known[] = {{"event", required_argument, NULL, 'e'},
        {"client", required_argument, NULL, 'c'}, {"seed", required_argument, NULL, 'n'},
        {"jobs", required_argument, NULL, 'j'}, {"out", required_argument, NULL, 'o'},
        {"baseline", required_argument, NULL, 'b'}, {"again", required_argument, NULL, 'a'},
        {"list", no_argument, NULL, 'l'}, {"help", no_argument, NULL, 'h'}, {0}};
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    *options = (struct options){
        .seed = DEFAULT_SEED, .jobs = cores > 0 && cores <= JOBS_MAX ? (unsigned)cores : 1};
    options->events = calloc((size_t)argc, sizeof(*options->events));
    options->clients = calloc((size_t)argc, sizeof(*options->clients));
    if (options->events == NULL || options->clients == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    optind = 0; // glibc: start afresh
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;)
        if (!parse_option(option, optarg, options, error))
            return false;
    return optind == argc ||
           error_set(error, ERROR_INPUT, "'%s': expected options; see `hangup atlas --help`", argv[optind]);
}

static void list_events(void)
{
    for (size_t i = 0; i < atlas_events_count; i++)
        printf("%-24s %s\n", atlas_events[i].name, atlas_events[i].summary);
}

static bool choose_folder(const struct paths *paths, const struct options *options,
    char folder[static PATH_MAX], struct error *error)
{
    char stamp[CLOCK_TEXT_SIZE], chosen[PATH_MAX];
    clock_format_utc(clock_now_us() + clock_realtime_offset_us(), 1, stamp);
    if (options->folder != NULL)
        path_format(chosen, "%s", options->folder);
    else
        path_format(chosen, "%s/%s-atlas", paths->results, stamp);
    if (!folder_make(chosen, ERROR_INPUT, error))
        return false;
    return realpath(chosen, folder) != NULL || error_set_errno(error, ERROR_INPUT, "%s", chosen);
}

static void print_row(const struct atlas_row *row)
{
    char after[ATLAS_TIME_SIZE];
    char *words = atlas_evidence_words(&row->evidence),
         *text = text_one_line(row->text != NULL ? row->text : "");
    bool spoke = row->outcome == ATLAS_OK || row->outcome == ATLAS_ERROR;
    printf("%-22s %-8s %-5s %-12s %-6s %9s  %s%s%s\n", row->event, row->client, row->tls ? "tls" : "plain",
        atlas_phase_name(row->phase), atlas_outcome_name(row->outcome),
        spoke ? atlas_time(row->after_us, after) : "-", row->kind != NULL ? row->kind : "",
        row->kind != NULL ? ": " : "", text);
    if (row->outcome == ATLAS_ABSENT)
        printf("%22s %s\n", "", row->note);
    else if (row->outcome != ATLAS_OK)
        printf("%22s %s: %s\n", "", atlas_roads[row->road].name, words);
    free(words);
    free(text);
}

// The rows of earlier runs that this one did not make stay. A full run leaves none.
static bool keep_older(struct atlas *atlas, const char *path, struct error *error)
{
    if (access(path, F_OK) != 0)
        return true;
    struct atlas *older = atlas_read(path, error);
    if (older == NULL)
        return false;
    bool kept = atlas_complete(atlas, older);
    atlas_free(older);
    return kept || error_set(error, ERROR_LAB, "out of memory");
}

static bool write_atlas(
    struct atlas *atlas, const struct paths *paths, const struct options *options, struct error *error)
{
    char folder[PATH_MAX], json[PATH_MAX], markdown[PATH_MAX];
    bool partial = options->events_count > 0 || options->clients_count > 0;
    if (options->baseline != NULL)
        path_format(folder, "%s", options->baseline);
    else
        path_format(folder, "%s/baseline", paths->results);
    path_format(json, "%s/atlas.json", folder);
    path_format(markdown, "%s/atlas.md", folder);
    if ((partial && !keep_older(atlas, json, error)) || !folder_make(folder, ERROR_INPUT, error) ||
        !atlas_write(atlas, json, error) || !atlas_report_write(atlas, markdown, error))
        return false;
    printf("%zu rows\n%s\n%s\n", atlas->rows_count, json, markdown);
    return true;
}

static bool collect_cell(
    struct atlas *atlas, const struct cell *cell, const char *folder, const struct verdict *verdict)
{
    char cell_folder[PATH_MAX];
    path_format(cell_folder, "%s/%s", folder, cell->name);
    return atlas_collect(atlas, cell, cell_folder, verdict);
}

static bool collect_again(
    struct atlas *atlas, const struct plan *plan, const char *folder, struct error *error)
{
    for (size_t i = 0; i < plan->cells_count; i++) {
        char cell_folder[PATH_MAX];
        struct verdict *verdict = verdict_of_folder(
            path_format(cell_folder, "%s/%s", folder, plan->cells[i]->name));
        bool added = collect_cell(atlas, plan->cells[i], folder, verdict);
        verdict_free(verdict);
        if (!added)
            return error_set(error, ERROR_LAB, "out of memory");
    }
    return true;
}

static bool collect(struct atlas *atlas, const struct plan *plan, const struct run_result *result,
    const char *folder, struct error *error)
{
    for (size_t i = 0; i < plan->cells_count; i++) {
        if (result->cells[i].verdict == NULL)
            return error_set(error, ERROR_LAB, "interrupted: the atlas is left as it was");
        if (!collect_cell(atlas, plan->cells[i], folder, result->cells[i].verdict))
            return error_set(error, ERROR_LAB, "out of memory");
    }
    return true;
}

static bool run_cells(const struct paths *paths, const struct options *options, const struct plan *plan,
    struct atlas *atlas, struct error *error)
{
    char folder[PATH_MAX], database[PATH_MAX];
    bool interrupted;
    if (!choose_folder(paths, options, folder, error) ||
        !database_template_ensure(paths, stderr, database, error))
        return false;
    struct run_result *result = run_result_new(
        atlas->lab, atlas->kernel, NULL, options->seed, plan->cells_count);
    if (result == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    const struct run_schedule_options schedule = {.paths = paths,
        .plan = plan,
        .folder = folder,
        .database = database,
        .jobs = options->jobs,
        .show_progress = isatty(STDERR_FILENO)};
    bool ran = run_schedule(&schedule, result, &interrupted, error) &&
               collect(atlas, plan, result, folder, error);
    run_result_free(result);
    return ran;
}

static bool gather(const struct paths *paths, const struct options *options,
    const struct atlas_request *request, struct atlas *atlas, struct error *error)
{
    struct plan *plan = atlas_plan(request, error);
    if (plan == NULL)
        return false;
    bool gathered = options->again ? collect_again(atlas, plan, options->folder, error)
                                   : run_cells(paths, options, plan, atlas, error);
    plan_free(plan);
    if (gathered && !atlas_add_holes(atlas, request))
        gathered = error_set(error, ERROR_LAB, "out of memory");
    atlas_sort(atlas);
    return gathered;
}

static bool make(const struct paths *paths, const struct options *options, struct error *error)
{
    const struct atlas_request request = {.root = paths->root,
        .events = options->events,
        .clients = options->clients,
        .events_count = options->events_count,
        .clients_count = options->clients_count,
        .seed = options->seed};
    char kernel[PATH_MAX];
    path_format(kernel, "%s", paths->kernel);
    char *slash = strrchr(kernel, '/');
    if (slash == NULL)
        return error_set(error, ERROR_LAB, "there is no guest kernel yet: `make kernel` builds it, once");
    *slash = '\0';
    struct atlas *atlas = atlas_new(lab_kind_name(LAB_VIRTUAL), strrchr(kernel, '/') + 1, options->seed);
    bool made = atlas != NULL ? gather(paths, options, &request, atlas, error)
                              : error_set(error, ERROR_LAB, "out of memory");
    if (made && (options->events_count > 0 || options->clients_count > 0))
        for (size_t i = 0; i < atlas->rows_count; i++)
            print_row(&atlas->rows[i]);
    made = made && write_atlas(atlas, paths, options, error);
    atlas_free(atlas);
    return made;
}

int command_atlas(int argc, char **argv)
{
    struct options options;
    struct paths paths;
    struct error error = {0};
    bool done = parse(argc, argv, &options, &error);
    if (done && options.help)
        fputs(help, stdout);
    else if (done && options.list)
        list_events();
    else if (done)
        done = paths_find(&paths, &error) && make(&paths, &options, &error);
    free(options.events);
    free(options.clients);
    return done ? (int)EXIT_AS_EXPECTED : command_fail(&error);
}
