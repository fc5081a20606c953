// hangup report.
#include "exec/report.h"
#include "command/arguments.h"
#include "command/command.h"
#include "command/output.h"
#include "exec/folder.h"
#include "result/rejudge.h"

#include <stdio.h>

const char command_report_help[] =
    "usage: hangup report FOLDER [--format table|json]\n"
    "\n"
    "Judges a stored run again, from its traces, shows it, and writes run.json, junit.xml and summary.md again.\n"
    "\n"
    "For a folder of `hangup exec` it makes the report again from the trace, without the program, and writes exec.json again.\n"
    "\n"
    "  --format table|json  what to print (default: table)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: as with `hangup run`; for a folder of exec 0, or 3 where the lab failed or the trace is "
    "damaged.\n";

static int report_run(const struct folder *folder, const struct report *report)
{
    struct error error = {0};
    struct run_result *result = run_rejudge(folder, &error);
    if (result == NULL)
        return command_fail(&error);
    bool shown = reports_write(folder, result, &error) && run_output_print(result, folder, report, &error);
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
    int status;
    if (!command_arguments_parse(argc, argv, 1, 1, command_report_help, &arguments, &status))
        return status;
    struct folder folder;
    struct error error = {0};
    if (!folder_open(&folder, arguments.words[0], ERROR_INPUT, &error))
        return command_fail(&error);
    const struct report *report = arguments.format != NULL ? report_by_format(arguments.format)
                                                           : REPORT_DEFAULT;
    status = exec_folder_has_report(&folder) ? report_exec(&folder, arguments.json)
                                             : report_run(&folder, report);
    folder_close(&folder);
    return status;
}
