#include "result/fear.h"

#include <string.h>

// The first that fits: a name, or the beginning of one.
static const struct {
    const char *beginning;
    enum fear fear;
} scenarios[] = {
    {"idle/silence", FEAR_SILENCE},
    {"idle/silent-", FEAR_SILENCE},
    {"idle/nat-351s-forgotten", FEAR_SILENCE},
    {"idle/ipvs-900s-remote", FEAR_SILENCE},
    {"idle/client-frozen", FEAR_SILENCE},
    {"query/silent-10min", FEAR_SILENCE},
    {"query/keepalive-10min", FEAR_SILENCE},
    {"query/frozen-", FEAR_SILENCE},
    {"steady/icmp-is-soft", FEAR_SILENCE},
    {"steady/mtu-black-hole", FEAR_SILENCE},
    {"connect/database-down", FEAR_SILENCE},
    {"idle/", FEAR_IDLE},
    {"failover/", FEAR_FAILOVER},
    {"connect/", FEAR_CONNECT},
    {"query/", FEAR_QUERY},
    {"commit/", FEAR_COMMIT},
    {"steady/", FEAR_PRICE},
};

static const struct {
    const char *title;
    enum metric metric;
    bool summed;
    const char *only; // the scenario that the figure is of; NULL: all of the group
} fears[] = {
    [FEAR_IDLE] = {"Idle connections die", METRIC_ERRORS, true, NULL},
    [FEAR_SILENCE] = {"The path is silent", METRIC_DELAY, false, NULL},
    [FEAR_FAILOVER] = {"Failover", METRIC_DELAY, false, NULL},
    [FEAR_CONNECT] = {"Cannot connect", METRIC_DELAY, false, NULL},
    [FEAR_QUERY] = {"A query in flight", METRIC_DELAY, false, NULL},
    [FEAR_COMMIT] = {"COMMIT's answer is lost", METRIC_IN_DOUBT, true, NULL},
    [FEAR_PRICE] = {"The price in quiet times, and bad paths", METRIC_MEDIAN, false, "steady/price"},
    [FEAR_OTHER] = {"Other scenarios", METRIC_DELAY, false, NULL},
};
_Static_assert(sizeof(fears) / sizeof(fears[0]) == FEARS, "each fear has a row");

enum fear fear_of(const char *scenario)
{
    for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
        if (strncmp(scenario, scenarios[i].beginning, strlen(scenarios[i].beginning)) == 0)
            return scenarios[i].fear;
    return FEAR_OTHER;
}

const char *fear_title(enum fear fear)
{
    return fears[fear].title;
}

enum metric fear_metric(enum fear fear)
{
    return fears[fear].metric;
}

bool fear_metric_is_summed(enum fear fear)
{
    return fears[fear].summed;
}

bool fear_counts(enum fear fear, const char *scenario)
{
    return fears[fear].only == NULL || strcmp(fears[fear].only, scenario) == 0;
}
