// Which of the open connections a fault acts on.
#include "fault/pick.h"

#include <stdlib.h>
#include <string.h>

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
