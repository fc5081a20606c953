// Printing a run's result.
#include "command/output.h"

#include "result/cell_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_COLUMNS 120

bool run_output_clear(const struct folder *folder, struct error *error)
{
    for (size_t i = 0; i < reports_count; i++)
        if (reports[i].file != NULL)
            (void)unlinkat(folder->fd, reports[i].file, 0);
    return run_folder_clear(folder, error);
}

static int columns(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return DEFAULT_COLUMNS;
}

bool run_output_print(const struct run_result *result, const struct folder *folder,
    const struct report *report, struct error *error)
{
    return report->print(&(struct report_page){.file = stdout,
        .result = result,
        .folder = folder->path,
        .colours = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL,
        .width = columns(),
        .error = error});
}

enum exit_status run_output_status(const struct run_result *result)
{
    struct outcome_counts counts = run_result_count(result);
    if (counts.passed + counts.failed + counts.errors == 0)
        return EXIT_NOTHING_RAN;
    switch (run_result_outcome(result)) {
    case OUTCOME_ERROR: return EXIT_CELL_ERROR;
    case OUTCOME_FAIL: return EXIT_FAILED;
    case OUTCOME_PASS:
    case OUTCOME_SKIP: break;
    }
    return EXIT_AS_EXPECTED;
}
