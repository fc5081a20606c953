// From an event to its scenario: one event, and six connections that it finds in six states; one of them is
// used again at the end.
#include "atlas/event.h"

#include "base/duration.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_LAPSE_S 10

// Longer than keepalive's two hours and nine probes: who has said nothing by then never will.
#define RUN_FOR "9000s"

// In the order in which they are sent. When the event comes, an insert of 1 MB has been under way for some
// round trips and is not through, and a connection is two and a half round trips old.
static const enum atlas_phase order[ATLAS_PHASES] = {ATLAS_WAITING, ATLAS_TRANSACTION, ATLAS_BULK,
    ATLAS_CONNECTING, ATLAS_RECONNECTING, ATLAS_IDLE, ATLAS_AGAIN};

static const char scenario_format[] = //
    "claim: \"%s\"\n"
    "network: {rtt: 10ms%s%s}\n"
    "pool: {size: 4, workers: 7}\n"
    "workload:\n"
    "  - {at: 55s, wait: 1, takes: %ds}\n"
    "  - {at: 55s, transaction: 1, pause: %ds}\n"
    "  - {at: 59950ms, bulk: 1, size: 1mb}\n"
    "  - {at: 59975ms, connect: 1}\n"
    "  - {at: 61s, connect: 1}\n"
    "  - {at: %ds, read: 1}\n"
    "  - {at: 1500s, read: 1}\n"
    "%s%srun_for: " RUN_FOR "\n"
    "expect:\n"
    "  any: {ops: 7}\n";

const struct atlas_event *atlas_event_by_name(const char *name)
{
    for (size_t i = 0; i < atlas_events_count; i++)
        if (strcmp(atlas_events[i].name, name) == 0)
            return &atlas_events[i];
    return NULL;
}

struct scenario *atlas_event_scenario(const struct atlas_event *event, struct error *error)
{
    int lapse_s = event->lapse_s > 0 ? event->lapse_s : DEFAULT_LAPSE_S;
    char *path = NULL, *yaml = NULL;
    int length = asprintf(&yaml, scenario_format, event->summary, event->network != NULL ? ", " : "",
        event->network != NULL ? event->network : "", 2 * lapse_s, lapse_s, ATLAS_EVENT_AT_S + lapse_s,
        event->faults[0] != '\0' ? "faults:\n" : "", event->faults);
    struct scenario *scenario = NULL;
    if (length < 0 || asprintf(&path, "scenarios/atlas/%s.yaml", event->name) < 0)
        error_set(error, ERROR_LAB, "out of memory");
    else
        scenario = scenario_parse(path, yaml, (size_t)length, error);
    free(path);
    if (length >= 0)
        free(yaml);
    return scenario;
}

enum atlas_phase atlas_event_phase(size_t operation)
{
    return order[operation];
}
