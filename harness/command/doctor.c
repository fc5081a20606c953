// hangup doctor.
#include "host/doctor.h"
#include "command/arguments.h"
#include "command/command.h"

const char command_doctor_help[] =
    "usage: hangup doctor\n"
    "\n"
    "Says what this machine can do, what is missing, and the command that fixes it.\n"
    "\n"
    "Exit status: 0 the virtual lab can run, 1 it cannot run yet.\n"
    "\n"
    "  --help     this text\n";

int command_doctor(int argc, char **argv)
{
    struct command_arguments arguments;
    struct paths paths;
    struct error error = {0};
    int status;
    if (!command_arguments_parse(argc, argv, 0, 0, command_doctor_help, &arguments, &status))
        return status;
    return paths_find(&paths, &error) ? doctor_report(stdout, &paths) : command_fail(&error);
}
