// The table of behaviours. The words of each kind are in scenario/fault_words.c.
#include "fault/kinds.h"

#include <string.h>

#define ADDRESS(name) &fault_##name,
const struct fault_behaviour *const fault_behaviours[] = {FAULT_KINDS(ADDRESS) NULL};

const struct fault_behaviour *fault_behaviour_of(const struct fault_kind *kind)
{
    for (const struct fault_behaviour *const *behaviour = fault_behaviours; *behaviour != NULL; behaviour++)
        if (strcmp((*behaviour)->kind, kind->name) == 0)
            return *behaviour;
    return NULL;
}
