// Directions of the path.
#include "fault_arguments.h"

#include <string.h>

enum fault_direction fault_direction_of(const char *argument)
{
    if (strcmp(argument, "to-app") == 0)
        return FAULT_TO_APP;
    if (strcmp(argument, "to-db") == 0)
        return FAULT_TO_DB;
    return strcmp(argument, "both") == 0 ? FAULT_BOTH : 0;
}

bool fault_validate_direction(const struct fault_spec *spec, struct error *error)
{
    if (fault_direction_of(spec->argument) != 0)
        return true;
    return error_set(error, ERROR_INPUT, "unknown direction '%s' of %s: expected %s", spec->argument,
        spec->kind->name, spec->kind->arguments);
}
