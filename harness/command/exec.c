// hangup exec and hangup shell: any program in host app, while a scenario's faults happen.
#include "command/command.h"
#include "command/streams.h"

#include "base/help.h"

#include "exec/exec.h"
#include "exec/options.h"
#include "exec/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int execute_program(int argc, char **argv, bool shell)
{
    struct exec_options options;
    struct error error = {0};
    int status = EXEC_STATUS_FAILED;
    bool done = exec_options_parse(argc, argv, shell, &options, &error);
    if (done && options.help) {
        help_print(stdout, shell ? exec_options_shell_help : exec_options_help);
        status = EXIT_AS_EXPECTED;
    } else if (done) {
        command_streams_open();
        done = exec_run(&options, &status, &error);
    }
    exec_options_free(&options);
    if (done)
        return status;
    command_say(&error);
    return EXEC_STATUS_FAILED;
}

int command_exec(int argc, char **argv)
{
    return execute_program(argc, argv, false);
}

int command_shell(int argc, char **argv)
{
    return execute_program(argc, argv, true);
}
