// hangup report.
#include "exec/report.h"
#include "base/path.h"
#include "command/arguments.h"
#include "command/command.h"
#include "command/output.h"
#include "exec/folder.h"
#include "result/rejudge.h"

#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char command_report_help[] =
    "usage: hangup report FOLDER [--format table|json|ctrf|tap|github] [--before RUN] [--open]\n"
    "\n"
    "Judges a stored run again, from its traces, shows it, and writes run.json, junit.xml, ctrf.json, summary.md and report.html again.\n"
    "\n"
    "For a folder of `hangup exec` it makes the report again from the trace, without the program, and writes exec.json again.\n"
    "\n"
    "  --format table|json|ctrf|tap|github  what to print (default: table)\n"
    "  --before RUN     compares with an earlier run in report.html: changed cells first\n"
    "  --open           shows report.html in a browser (xdg-open)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: as with `hangup run`; for a folder of exec 0, or 3 where the lab failed or the trace is "
    "damaged.\n";

// The browser stays when hangup is gone.
static bool open_page(const struct folder *folder, struct error *error)
{
    char path[PATH_MAX];
    pid_t browser;
    path_format(path, "%s/%s", folder->path, REPORT_PAGE_FILE);
    char *const command[] = {"xdg-open", path, NULL};
    int failed = posix_spawnp(&browser, command[0], NULL, NULL, command, environ);
    return failed == 0 ||
           error_set(error, ERROR_INPUT, "xdg-open: %s; open %s in a browser", strerror(failed), path);
}

// What stands in its run.json is enough.
static bool compare_page(
    const struct folder *folder, const struct run_result *result, const char *before, struct error *error)
{
    struct folder earlier;
    if (!folder_open(&earlier, before, ERROR_INPUT, error))
        return false;
    struct run_result *other = run_result_read(&earlier, error);
    bool written = other != NULL && report_write_page(folder, result, other, before, error);
    run_result_free(other);
    folder_close(&earlier);
    return written;
}

static int report_run(
    const struct folder *folder, const struct report *report, const char *before, bool opens)
{
    struct error error = {0};
    struct run_result *result = run_rejudge(folder, &error);
    if (result == NULL)
        return command_fail(&error);
    bool shown = reports_write(folder, result, &error) &&
                 (before == NULL || compare_page(folder, result, before, &error)) &&
                 run_output_print(result, folder, report, &error) && (!opens || open_page(folder, &error));
    int status = shown ? (int)run_output_status(result) : command_fail(&error);
    run_result_free(result);
    return status;
}

// A damaged trace tells less than exec.json, which then stays as it is.
static int report_exec(const struct folder *folder, bool json)
{
    struct error error = {0};
    json_t *report = exec_folder_report(folder, &error);
    bool failed = json_object_get(report, "failure") != NULL;
    if (report == NULL || (!failed && !exec_folder_write(folder, report, &error))) {
        json_decref(report);
        return command_fail(&error);
    }
    if (json) {
        json_dumpf(report, stdout, JSON_INDENT(1));
        putchar('\n');
    } else {
        exec_report_print(stdout, report);
    }
    json_decref(report);
    return failed ? EXIT_CELL_ERROR : EXIT_AS_EXPECTED;
}

int command_report(int argc, char **argv)
{
    struct command_arguments arguments;
    const char *before = NULL;
    bool opens = false;
    const struct command_option known[] = {{"open", &opens, NULL}, {"before", NULL, &before}, {0}};
    if (!command_arguments_parse_with(argc, argv, 1, 1, command_report_help, known, &arguments))
        return arguments.status;
    struct folder folder;
    struct error error = {0};
    if (!folder_open(&folder, arguments.words[0], ERROR_INPUT, &error))
        return command_fail(&error);
    const struct report *report = arguments.format != NULL ? report_by_format(arguments.format)
                                                           : REPORT_DEFAULT;
    int status = exec_folder_is(&folder) ? report_exec(&folder, arguments.json)
                                         : report_run(&folder, report, before, opens);
    folder_close(&folder);
    return status;
}
