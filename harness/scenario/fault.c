// What is written of a fault.
#include "scenario/fault.h"

#include <string.h>

const char *const fault_directions[] = {"to-app", "to-db", "both", NULL};
const char *const fault_connections[] = {"all", "oldest", "newest", NULL};

const struct fault_option_kind *fault_option_kind_by_name(const struct fault_kind *kind, const char *name)
{
    for (const struct fault_option_kind *option = kind->options; option != NULL && option->name != NULL;
        option++)
        if (strcmp(option->name, name) == 0)
            return option;
    return NULL;
}

bool fault_lasts(const struct fault_spec *spec)
{
    return spec->kind->takes_for && !(spec->kind->at_once != NULL && spec->kind->at_once(spec));
}

bool fault_meets_opening(const struct fault_spec *spec)
{
    for (const char *const *argument = spec->kind->opening; argument != NULL && *argument != NULL; argument++)
        if (strcmp(*argument, spec->argument) == 0)
            return true;
    return false;
}

static const struct fault_option *find_fault_option(const struct fault_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->options_count; i++)
        if (strcmp(spec->options[i].kind->name, name) == 0)
            return &spec->options[i];
    return NULL;
}

int64_t fault_option_number(const struct fault_spec *spec, const char *name, int64_t fallback)
{
    const struct fault_option *option = find_fault_option(spec, name);
    return option != NULL ? option->number : fallback;
}

const char *fault_option_word(const struct fault_spec *spec, const char *name, const char *fallback)
{
    const struct fault_option *option = find_fault_option(spec, name);
    return option != NULL ? option->word : fallback;
}

enum fault_direction fault_direction_of(const char *argument)
{
    if (strcmp(argument, "to-app") == 0)
        return FAULT_TO_APP;
    if (strcmp(argument, "to-db") == 0)
        return FAULT_TO_DB;
    return strcmp(argument, "both") == 0 ? FAULT_BOTH : 0;
}
