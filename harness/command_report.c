// hangup report.
#include "command.h"
#include "command_arguments.h"
#include "run_output.h"
#include "run_rejudge.h"

static const char help[] = "usage: hangup report RUN [--format table|json]\n\n"
                           "Judges a stored run again from its traces, shows it, and writes run.json, "
                           "junit.xml and summary.md anew. RUN is the\n"
                           "run's folder. The exit status is that of `hangup run`.\n";

int command_report(int argc, char **argv)
{
    struct command_arguments arguments;
    struct error error;
    int status;
    if (!command_arguments_parse(argc, argv, 1, 1, help, &arguments, &status))
        return status;
    const char *folder = arguments.words[0];
    struct run_result *result = run_rejudge(folder, &error);
    if (result == NULL)
        return command_fail(&error);
    bool shown = run_output_write(result, folder, &error) &&
                 run_output_print(result, folder, arguments.json, &error);
    status = shown ? (int)run_output_status(result) : command_fail(&error);
    run_result_free(result);
    return status;
}
