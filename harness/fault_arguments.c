// Directions of the path, and the choice of connections.
#include "fault_arguments.h"

#include <stdlib.h>
#include <string.h>

const char *const fault_directions[] = {"to-app", "to-db", "both", NULL};
const char *const fault_connections[] = {"all", "oldest", "newest", NULL};

enum fault_direction fault_direction_of(const char *argument)
{
    if (strcmp(argument, "to-app") == 0)
        return FAULT_TO_APP;
    if (strcmp(argument, "to-db") == 0)
        return FAULT_TO_DB;
    return strcmp(argument, "both") == 0 ? FAULT_BOTH : 0;
}

bool *fault_pick_flows(const struct fault_spec *spec, const struct trace_flows *flows)
{
    const char *which = fault_option_word(spec, "connections", "all");
    size_t count = trace_flows_count(flows), oldest = count, newest = count;
    bool *picked = calloc(count + 1, sizeof(*picked));
    for (size_t i = 0; picked != NULL && i < count; i++) {
        if (trace_flows_at(flows, i)->closed)
            continue;
        picked[i] = strcmp(which, "all") == 0;
        oldest = oldest == count ? i : oldest;
        newest = i;
    }
    if (picked != NULL && strcmp(which, "oldest") == 0)
        picked[oldest] = true; // the element behind the last when there is none
    if (picked != NULL && strcmp(which, "newest") == 0)
        picked[newest] = true;
    return picked;
}
