// The events of the atlas: each is the faults section of a scenario that is generated around it.
#ifndef HANGUP_ATLAS_EVENT_H
#define HANGUP_ATLAS_EVENT_H

#include "atlas/atlas.h"
#include "scenario/scenario.h"

#define ATLAS_EVENT_AT_S 60 // every event begins then

struct atlas_event {
    const char *name;
    const char *summary;      // what happens, in plain words
    const char *faults;       // YAML: `- {at: 60s, silence: both}`; "": the network is the event
    const char *network;      // YAML, more of the network; NULL: 10 ms of round trip and nothing else
    bool rare;                // counts less where a text has several causes: few have met it
    int lapse_s;              // from the event to the query of the idle connection; 0: 10
    const char *not_in_plain; // why it does not exist without TLS; NULL: it does
};

extern const struct atlas_event atlas_events[];
extern const size_t atlas_events_count;

// NULL: there is no such event.
const struct atlas_event *atlas_event_by_name(const char *name);

// The scenario of an event. NULL: ERROR_INPUT with the place in its text, or no memory.
struct scenario *atlas_event_scenario(const struct atlas_event *event, struct error *error) MUST_CHECK;

// The phase of the n-th operation of such a scenario, in the order in which they are sent.
enum atlas_phase atlas_event_phase(size_t operation);

#endif
