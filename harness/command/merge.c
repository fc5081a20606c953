// hangup merge: one run of several, with the files of each cell; merge_sweep.c has the same of a sweep.
#include "result/merge.h"
#include "base/directory.h"
#include "command/arguments.h"
#include "command/command.h"
#include "command/merge_sweep.h"
#include "command/output.h"
#include "result/cell_folder.h"
#include "result/stored.h"

const char command_merge_help[] =
    "usage: hangup merge RUN... --out DIR [--replace]\n"
    "\n"
    "Makes one run of several, the shards of a plan. Refuses a shard that is missing, one that was cut short, and a cell that stands in two runs. The shards of a sweep become the whole sweep, with sweep.json and report.html.\n"
    "\n"
    "  --out DIR   gets run.json, junit.xml, ctrf.json, summary.md, report.html and the files of each cell\n"
    "  --replace   for a run and what was run again later: of a cell that stands in several runs, the last one counts\n"
    "  --help      this text\n"
    "\n"
    "Exit status: as with `hangup run`.\n";

// A cell that was not run left no folder.
static bool take_cell_files(const struct run_result *merged, const struct run_folders *places,
    const struct folder *folder, struct error *error)
{
    bool taken = true;
    for (size_t i = 0; taken && i < merged->cells_count; i++) {
        const struct cell_result *cell = &merged->cells[i];
        const struct folder *from = &places->folders[cell->source];
        if (folder_has(from, cell->dir) && !folder_is_same(from, folder))
            taken = cell_folder_take(from, folder, cell->dir, error);
    }
    return taken;
}

static bool write_merged(
    const struct run_result *merged, const struct run_folders *places, const char *path, struct error *error)
{
    struct folder folder;
    if (!folder_make_and_open(&folder, path, ERROR_INPUT, error))
        return false;
    bool written = take_cell_files(merged, places, &folder, error) && reports_write(&folder, merged, error) &&
                   run_output_print(merged, &folder, REPORT_DEFAULT, error);
    folder_close(&folder);
    return written;
}

static bool merge_runs(const struct run_folders *places, const char *const *names, const char *folder,
    bool replaces, int *status, struct error *error)
{
    struct run_list runs = {0};
    bool good = run_list_read(&runs, places->folders, places->count, error);
    const struct merge_request request = {runs.runs, names, runs.count, replaces};
    struct run_result *merged = good ? run_merge(&request, error) : NULL;
    good = merged != NULL && write_merged(merged, places, folder, error);
    if (good)
        *status = (int)run_output_status(merged);
    run_result_free(merged);
    run_list_free(&runs);
    return good;
}

static bool merge(const struct command_arguments *arguments, const char *folder, bool replaces, int *status,
    struct error *error)
{
    struct run_folders places;
    const char *const *names = (const char *const *)arguments->words;
    bool good = run_folders_open(&places, arguments->words, (size_t)arguments->count, error);
    if (good && merge_is_sweep(&places.folders[0])) {
        *status = EXIT_AS_EXPECTED;
        good = replaces ? error_set(error, ERROR_INPUT, "merge: --replace is of runs, not of sweeps")
                        : merge_sweeps(places.folders, names, places.count, folder, error);
    } else if (good) {
        good = merge_runs(&places, names, folder, replaces, status, error);
    }
    run_folders_close(&places);
    return good;
}

int command_merge(int argc, char **argv)
{
    const char *folder = NULL;
    bool replaces = false;
    const struct command_option known[] = {{"out", NULL, &folder}, {"replace", &replaces, NULL}, {0}};
    struct command_arguments arguments;
    struct error error = {0};
    int status;
    if (!command_arguments_parse_with(argc, argv, 1, -1, command_merge_help, known, &arguments))
        return arguments.status;
    if (folder == NULL) {
        (void)error_set(&error, ERROR_INPUT, "merge: --out DIR is missing");
        return command_fail(&error);
    }
    return merge(&arguments, folder, replaces, &status, &error) ? status : command_fail(&error);
}
