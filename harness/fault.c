// The table of fault kinds.
#include "fault_kinds.h"

#include <string.h>

const struct fault_kind *const fault_kinds[] = {&fault_silence, &fault_rst, &fault_server, NULL};

const struct fault_kind *fault_kind_by_name(const char *name)
{
    for (const struct fault_kind *const *kind = fault_kinds; *kind != NULL; kind++)
        if (strcmp((*kind)->name, name) == 0)
            return *kind;
    return NULL;
}
