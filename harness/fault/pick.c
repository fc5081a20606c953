// Which of the open connections a fault acts on.
#include "fault/pick.h"

#include <stdlib.h>
#include <string.h>

bool fault_is_behind(const struct fault_spec *spec)
{
    return strcmp(fault_option_word(spec, "leg", "app"), "db") == 0;
}

// What knows no legs happens at the server.
static bool is_on_leg(const struct fault_spec *spec, const struct trace_flow *flow)
{
    if (fault_option_kind_by_name(spec->kind, "leg") == NULL)
        return !trace_flow_is_before(flow);
    return trace_flow_is_behind(flow) == fault_is_behind(spec);
}

bool *fault_pick_flows(const struct fault_spec *spec, const struct trace_flows *flows)
{
    const char *which = fault_option_word(spec, "connections", "all");
    size_t count = trace_flows_count(flows), oldest = count, newest = count;
    bool *picked = calloc(count + 1, sizeof(*picked));
    for (size_t i = 0; picked != NULL && i < count; i++) {
        const struct trace_flow *flow = trace_flows_at(flows, i);
        if (flow->closed || !is_on_leg(spec, flow))
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
