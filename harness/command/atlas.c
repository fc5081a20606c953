// hangup atlas: every event in every client, and what it said.
#include "atlas/atlas.h"
#include "atlas/event.h"
#include "atlas/run.h"
#include "base/clock.h"
#include "base/directory.h"
#include "base/help.h"
#include "base/path.h"
#include "base/text.h"
#include "command/atlas_options.h"
#include "command/command.h"
#include "host/advice.h"
#include "host/guest_disk.h"
#include "host/paths.h"
#include "host/results_folder.h"
#include "host/schedule.h"
#include "host/template.h"
#include "host/trunk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void list_events(void)
{
    for (size_t i = 0; i < atlas_events_count; i++)
        printf("%-24s %s\n", atlas_events[i].name, atlas_events[i].summary);
}

static bool choose_atlas_folder(const struct paths *paths, const struct atlas_options *options,
    struct folder *folder, struct error *error)
{
    char stamp[CLOCK_TEXT_SIZE], name[CLOCK_TEXT_SIZE + 8], absolute[PATH_MAX];
    clock_format_utc(clock_now_us() + clock_realtime_offset_us(), 1, stamp);
    snprintf(name, sizeof(name), "%s-atlas", stamp);
    if (!results_folder_make(paths, options->folder, name, absolute, error))
        return false;
    return folder_open(folder, absolute, ERROR_INPUT, error);
}

static void print_atlas_row(const struct atlas_row *row)
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
        printf("%22s %s: %s\n", "", atlas_causes[row->cause].name, words);
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

// The clients that this image does not have: their rows are made on another one.
static size_t tell_missing(const struct plan *plan)
{
    size_t missing = 0;
    const char *before = "";
    for (size_t i = 0; i < plan->cells_count; i++) {
        const struct cell *cell = plan->cells[i];
        if (cell->missing == NULL)
            continue;
        int length = (int)strcspn(cell->subject, ":");
        if (strncmp(before, cell->subject, (size_t)length + 1) != 0)
            fprintf(stderr, "No rows of %.*s: %s\n", length, cell->subject, cell->missing);
        before = cell->subject;
        missing++;
    }
    return missing;
}

// Beside the traces, unless somebody names another folder: what diagnose searches is only written where that
// is said.
static bool write_atlas(
    struct atlas *atlas, const struct atlas_options *options, const char *run_folder, struct error *error)
{
    char folder[PATH_MAX], json[PATH_MAX];
    path_format(folder, "%s", options->baseline != NULL ? options->baseline : run_folder);
    path_format(json, "%s/atlas.json", folder);
    if ((options->partial && !keep_older(atlas, json, error)) || !folder_make(folder, ERROR_INPUT, error) ||
        !atlas_write(atlas, json, error) || !atlas_report_write(atlas, folder, error))
        return false;
    printf("%zu rows\n%s\n%s/atlas.md\n", atlas->rows_count, json, folder);
    return true;
}

static bool collect_cell(
    struct atlas *atlas, const struct cell *cell, const struct folder *run, const struct verdict *verdict)
{
    struct folder folder;
    struct error missing = {0};
    bool there = folder_enter(run, cell->name, &folder, ERROR_LAB, &missing);
    bool collected = atlas_collect(atlas, cell, there ? &folder : NULL, verdict);
    if (there)
        folder_close(&folder);
    return collected;
}

static bool collect_again(
    struct atlas *atlas, const struct plan *plan, const struct folder *folder, struct error *error)
{
    for (size_t i = 0; i < plan->cells_count; i++) {
        if (plan->cells[i]->missing != NULL)
            continue;
        struct verdict *verdict = verdict_of_folder_in(folder, plan->cells[i]->name);
        bool added = collect_cell(atlas, plan->cells[i], folder, verdict);
        verdict_free(verdict);
        if (!added)
            return error_set(error, ERROR_LAB, "out of memory");
    }
    return true;
}

static bool collect_atlas(struct atlas *atlas, const struct plan *plan, const struct run_result *result,
    const struct folder *folder, struct error *error)
{
    for (size_t i = 0; i < plan->cells_count; i++) {
        if (result->cells[i].verdict == NULL)
            return error_set(error, ERROR_LAB, "interrupted: the atlas is left as it was");
        if (plan->cells[i]->missing == NULL &&
            !collect_cell(atlas, plan->cells[i], folder, result->cells[i].verdict))
            return error_set(error, ERROR_LAB, "out of memory");
    }
    return true;
}

static bool run_atlas_cells(const struct paths *paths, const struct image *image,
    const struct atlas_options *options, const struct plan *plan, const struct folder *folder,
    struct atlas *atlas, struct error *error)
{
    char database[PATH_MAX];
    bool interrupted;
    if (!database_template_ensure(paths, image, stderr, database, error))
        return false;
    struct run_result *result = run_result_new(
        atlas->lab, atlas->kernel, NULL, options->seed, plan->cells_count);
    if (result == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    const struct run_schedule_options schedule = {.paths = paths,
        .image = image,
        .plan = plan,
        .folder = folder,
        .database = database,
        .jobs = options->jobs,
        .disk_limit = GUEST_DISK_LIMIT,
        .fork = !options->cold && trunk_why_none(paths, LAB_VIRTUAL, options->jobs) == NULL,
        .show_progress = isatty(STDERR_FILENO)};
    bool ran = run_schedule(&schedule, result, &interrupted, error) &&
               collect_atlas(atlas, plan, result, folder, error);
    run_result_free(result);
    return ran;
}

static bool gather_atlas(const struct paths *paths, const struct image *image, struct atlas_options *options,
    const struct atlas_request *request, const struct folder *folder, struct atlas *atlas,
    struct error *error)
{
    struct plan *plan = atlas_plan(request, error);
    if (plan == NULL)
        return false;
    options->partial = tell_missing(plan) > 0 || options->events_count > 0 || options->clients_count > 0;
    bool gathered = options->again ? collect_again(atlas, plan, folder, error)
                                   : run_atlas_cells(paths, image, options, plan, folder, atlas, error);
    plan_free(plan);
    if (gathered && !atlas_add_holes(atlas, request))
        gathered = error_set(error, ERROR_LAB, "out of memory");
    atlas_sort(atlas);
    return gathered;
}

static bool make(const struct paths *paths, struct atlas_options *options, struct error *error)
{
    struct image image;
    if (!advice_check_kernel(paths, error) || !image_find(&image, paths, NULL, error))
        return false;
    const struct atlas_request request = {.image = image.files,
        .root = paths->root,
        .events = options->events,
        .clients = options->clients,
        .events_count = options->events_count,
        .clients_count = options->clients_count,
        .seed = options->seed};
    char kernel[PATH_MAX];
    struct folder folder = {.fd = -1};
    path_format(kernel, "%s", paths->kernel);
    char *slash = strrchr(kernel, '/');
    *slash = '\0';
    struct atlas *atlas = atlas_new(lab_kind_name(LAB_VIRTUAL), strrchr(kernel, '/') + 1, options->seed);
    if (atlas == NULL) {
        image_close(&image);
        return error_set(error, ERROR_LAB, "out of memory");
    }
    bool made = choose_atlas_folder(paths, options, &folder, error) &&
                gather_atlas(paths, &image, options, &request, &folder, atlas, error);
    if (made && (options->events_count > 0 || options->clients_count > 0))
        for (size_t i = 0; i < atlas->rows_count; i++)
            print_atlas_row(&atlas->rows[i]);
    made = made && write_atlas(atlas, options, folder.path, error);
    folder_close(&folder);
    atlas_free(atlas);
    image_close(&image);
    return made;
}

int command_atlas(int argc, char **argv)
{
    struct atlas_options options;
    struct paths paths;
    struct error error = {0};
    bool done = atlas_options_parse(argc, argv, &options, &error);
    if (done && options.help)
        help_print(stdout, atlas_options_help);
    else if (done && options.list)
        list_events();
    else if (done)
        done = paths_find(&paths, &error) && make(&paths, &options, &error);
    atlas_options_free(&options);
    return done ? (int)EXIT_AS_EXPECTED : command_fail(&error);
}
