// hangup merge: one run of several, with a link to each cell's folder.
#include "result/merge.h"
#include "base/directory.h"
#include "base/path.h"
#include "command/arguments.h"
#include "command/command.h"
#include "command/output.h"
#include "result/stored.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] = "usage: hangup merge RUN... --out DIR\n\n"
                           "Makes one run of several: the shards of a plan, or a run and what was run again "
                           "later. Of a cell that stands in "
                           "several\n"
                           "runs, the last one counts. DIR gets run.json, junit.xml and summary.md, and the "
                           "files of each cell. "
                           "The exit\n"
                           "status is that of `hangup run`.\n";

// While cells of several runs are together, their folders are absolute.
static bool locate_cells(struct run_result *run, const char *folder, struct error *error)
{
    char absolute[PATH_MAX];
    if (realpath(folder, absolute) == NULL)
        return error_set_errno(error, ERROR_INPUT, "%s", folder);
    for (size_t i = 0; i < run->cells_count; i++) {
        char *path;
        if (run->cells[i].dir == NULL)
            continue;
        if (asprintf(&path, "%s/%s", absolute, run->cells[i].dir) < 0)
            return error_set(error, ERROR_LAB, "out of memory");
        free(run->cells[i].dir);
        run->cells[i].dir = path;
    }
    return true;
}

// The merged run holds its cells itself: no link leads out of a results folder, or would be followed.
static bool take_cell(struct cell_result *cell, const char *folder, struct error *error)
{
    char own[PATH_MAX];
    const char *name = strrchr(cell->dir, '/') + 1;
    path_format(own, "%s/%s", folder, name);
    if (strcmp(own, cell->dir) != 0 && access(cell->dir, F_OK) == 0 &&
        !folder_take_files(cell->dir, own, error))
        return false;
    memmove(cell->dir, name, strlen(name) + 1);
    return true;
}

static bool write_merged(struct run_result *merged, const char *folder, struct error *error)
{
    char absolute[PATH_MAX];
    if (!folder_make(folder, ERROR_INPUT, error))
        return false;
    if (realpath(folder, absolute) == NULL)
        return error_set_errno(error, ERROR_INPUT, "%s", folder);
    for (size_t i = 0; i < merged->cells_count; i++)
        if (!take_cell(&merged->cells[i], absolute, error))
            return false;
    return run_output_write(merged, absolute, error) && run_output_print(merged, absolute, false, error);
}

static bool merge(
    const struct command_arguments *arguments, const char *folder, int *status, struct error *error)
{
    struct run_list runs;
    bool good = run_list_read(&runs, arguments->words, (size_t)arguments->count, error);
    for (size_t i = 0; good && i < runs.count; i++)
        good = locate_cells(runs.runs[i], arguments->words[i], error);
    struct run_result *merged = good ? run_merge(runs.runs, runs.count, error) : NULL;
    good = merged != NULL && write_merged(merged, folder, error);
    if (good)
        *status = (int)run_output_status(merged);
    run_result_free(merged);
    run_list_free(&runs);
    return good;
}

int command_merge(int argc, char **argv)
{
    const char *folder = NULL;
    const struct command_option known[] = {{"out", NULL, &folder}, {0}};
    struct command_arguments arguments;
    struct error error;
    int status;
    if (!command_arguments_parse_with(argc, argv, 1, -1, help, known, &arguments))
        return arguments.status;
    if (folder == NULL) {
        (void)error_set(&error, ERROR_INPUT, "merge: --out DIR is missing");
        return command_fail(&error);
    }
    return merge(&arguments, folder, &status, &error) ? status : command_fail(&error);
}
