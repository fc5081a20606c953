// Writing and printing a run's result.
#include "command/output.h"

#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_COLUMNS 120

bool run_output_write(const struct run_result *result, const struct folder *folder, struct error *error)
{
    return run_result_write(result, folder, error) && report_junit_write(folder, result, error) &&
           report_summary_write(folder, result, error);
}

static int columns(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return DEFAULT_COLUMNS;
}

bool run_output_print(
    const struct run_result *result, const struct folder *folder, bool json, struct error *error)
{
    if (!json) {
        report_table_print(stdout, result, isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL, columns());
        printf("%s\n", folder->path);
        return true;
    }
    json_t *object = run_result_to_json(result, error);
    if (object == NULL)
        return false;
    json_dumpf(object, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(object);
    return true;
}

enum exit_status run_output_status(const struct run_result *result)
{
    switch (run_result_outcome(result)) {
    case OUTCOME_ERROR: return EXIT_CELL_ERROR;
    case OUTCOME_FAIL: return EXIT_FAILED;
    case OUTCOME_PASS:
    case OUTCOME_SKIP: break;
    }
    return EXIT_AS_EXPECTED;
}
