#include "scenario/strategy_class.h"

#include <string.h>

// In the order of pool/subjects/README.md.
const char *const strategy_classes[] = {"none", "pre-ping", "pre-ping-deadline", "idle-ping", "idle-ping-30s",
    "idle-ping-patient", "idle-ping-hourly", "optimistic", "recycle", "keepalive", "user-timeout",
    "keepalive-user-timeout", "background-ping", "reset", "hedged", "watching", "expiring", "retrying",
    "background-connect", NULL};

bool strategy_class_is_none(const char *name)
{
    return strcmp(name, STRATEGY_UNCLASSED) == 0;
}

bool strategy_class_is_known(const char *name)
{
    for (const char *const *class = strategy_classes; *class != NULL; class ++)
        if (strcmp(*class, name) == 0)
            return true;
    return false;
}

bool strategy_class_unknown(struct yaml_source *source, const yaml_node_t *node, bool or_any)
{
    const char *names[sizeof(strategy_classes) / sizeof(strategy_classes[0])];
    size_t count = 0;
    if (or_any)
        names[count++] = "any";
    for (const char *const *class = strategy_classes; *class != NULL; class ++)
        names[count++] = *class;
    return node_unknown(source, node, "class", names, count);
}
