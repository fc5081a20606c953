#include "scenario/impact.h"

#include <stddef.h>
#include <string.h>

const char *const impact_names[] = {
    [IMPACT_CLEAN] = "clean",
    [IMPACT_DELAYED] = "delayed",
    [IMPACT_ERRORS] = "errors",
    [IMPACT_STUCK] = "stuck",
    [IMPACT_DATA] = "data",
    [IMPACTS] = NULL,
};

const char *impact_name(enum impact impact)
{
    return impact == IMPACT_UNKNOWN ? "-" : impact_names[impact];
}

bool impact_by_name(const char *name, enum impact *impact)
{
    for (int i = IMPACT_CLEAN; i < IMPACTS; i++) {
        if (strcmp(impact_names[i], name) == 0) {
            *impact = (enum impact)i;
            return true;
        }
    }
    return false;
}
