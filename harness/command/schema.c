// hangup schema: the JSON Schema of scenarios.
#include "scenario/schema.h"
#include "command/arguments.h"
#include "command/command.h"

#include <stdio.h>

const char command_schema_help[] =
    "usage: hangup schema\n"
    "\n"
    "Prints the JSON Schema of scenarios, for editors that complete and check YAML. It is what scenarios/schema.json of the project holds, and must be written there again after a new kind of fault, operation or metric.\n"
    "\n"
    "  --help     this text\n";

int command_schema(int argc, char **argv)
{
    struct command_arguments arguments;
    struct error error = {0};
    int status;
    if (!command_arguments_parse(argc, argv, 0, 0, command_schema_help, &arguments, &status))
        return status;
    json_t *schema = scenario_schema();
    if (schema == NULL) {
        error_set(&error, ERROR_LAB, "out of memory");
        return command_fail(&error);
    }
    json_dumpf(schema, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(schema);
    return EXIT_AS_EXPECTED;
}
