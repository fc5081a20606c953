// The names of the labs, as the command line and plan.json know them.
#include "contract/lab_kind.h"

#include <string.h>

static const char *const names[] = {
    [LAB_VIRTUAL] = "virtual", [LAB_REALTIME] = "realtime", [LAB_NATIVE] = "native"};

const char *lab_kind_name(enum lab_kind kind)
{
    return names[kind];
}

bool lab_kind_by_name(const char *name, enum lab_kind *kind)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(names[i], name) == 0) {
            *kind = (enum lab_kind)i;
            return true;
        }
    }
    return false;
}
