// hangup schema: the JSON Schema of scenarios.
#include "scenario/schema.h"
#include "command/arguments.h"
#include "command/command.h"

#include <stdio.h>

static const char help[] =
    "usage: hangup schema\n\n"
    "Prints the JSON Schema of scenarios, for editors that complete and check YAML. It is what\n"
    "scenarios/schema.json holds: `hangup schema >scenarios/schema.json` after a new kind of fault,\n"
    "operation or metric.\n";

int command_schema(int argc, char **argv)
{
    struct command_arguments arguments;
    struct error error;
    int status;
    if (!command_arguments_parse(argc, argv, 0, 0, help, &arguments, &status))
        return status;
    json_t *schema = scenario_schema();
    bool printed = schema != NULL && json_dumpf(schema, stdout, JSON_INDENT(2)) == 0 &&
                   putchar('\n') != EOF && fflush(stdout) == 0;
    json_decref(schema);
    if (printed)
        return EXIT_AS_EXPECTED;
    error_set_errno(&error, ERROR_LAB, "the schema");
    return command_fail(&error);
}
