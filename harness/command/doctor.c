// hangup doctor.
#include "host/doctor.h"
#include "command/arguments.h"
#include "command/command.h"

static const char help[] = "usage: hangup doctor\n\n"
                           "Says what this machine can do, what is missing, and the command that mends it.\n"
                           "Exits with 0 when the virtual lab can run, else with 1.\n";

int command_doctor(int argc, char **argv)
{
    struct command_arguments arguments;
    struct paths paths;
    struct error error;
    int status;
    if (!command_arguments_parse(argc, argv, 0, 0, help, &arguments, &status))
        return status;
    return paths_find(&paths, &error) ? doctor_report(stdout, &paths) : command_fail(&error);
}
