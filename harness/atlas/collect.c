// The rows out of a cell's folder: what the probe was told, and what the packets say of each of its
// connections.
#include "atlas/event.h"
#include "atlas/run.h"

#include "base/duration.h"
#include "base/json_number.h"
#include "base/text.h"
#include "trace/event.h"
#include "trace/times.h"

#include <stdlib.h>
#include <string.h>

struct reading {
    struct atlas *atlas;
    const struct cell *cell;
    const struct verdict *verdict;
    const char *client; // "psycopg2", of the subject "psycopg2:tls"
    bool tls;
    json_t *events;
    struct atlas_packets packets;
    const char *packets_missing; // why there are none
    const char *gave_up;         // why the lab did; NULL: it did not
    struct trace_times times;
    bool waited; // the cell's whole time: who has not answered hangs
};

static const char *event_string(const json_t *event, const char *member)
{
    return json_string_value(json_object_get(event, member));
}

static int64_t event_integer(const json_t *event, const char *member)
{
    int64_t number;
    (void)json_number_between(json_object_get(event, member), INT64_MIN, INT64_MAX, &number);
    return number;
}

static bool is(const json_t *event, const char *kind)
{
    return strcmp(event_string(event, "event"), kind) == 0;
}

static const json_t *find_answer(const json_t *events, int64_t id)
{
    size_t i;
    json_t *event;
    json_array_foreach(events, i, event)
    {
        if (is(event, "op-answered") && event_integer(event, "id") == id)
            return event;
    }
    return NULL;
}

// Those that do not connect by themselves have the connections that were opened at the start, in this order;
// the last of them serves the last operation, too.
static struct atlas_evidence evidence_of(const struct reading *reading, enum atlas_phase phase, size_t opened,
    int64_t sent_us, int64_t answered_us)
{
    size_t syn;
    bool own = phase == ATLAS_CONNECTING || phase == ATLAS_RECONNECTING;
    if (phase == ATLAS_AGAIN)
        opened--;
    if (reading->packets.items == NULL ||
        !atlas_find_connection(&reading->packets, own ? sent_us : INT64_MIN, own ? 0 : opened, &syn) ||
        reading->packets.items[syn].at_us > answered_us)
        return atlas_evidence_none();
    return atlas_evidence_of(&reading->packets, syn, answered_us);
}

static char *copy_text_of(const char *text)
{
    return text != NULL ? text_one_line(text) : NULL;
}

// What makes the cell no proof; it may still have answers.
static const char *reason_of(const struct reading *reading)
{
    const struct verdict *verdict = reading->verdict;
    if (reading->gave_up != NULL)
        return reading->gave_up;
    bool suspicious = verdict != NULL && verdict->outcome != OUTCOME_PASS && verdict->reasons_count > 0;
    const char *reason = suspicious ? verdict->reasons[0] : reading->packets_missing;
    // Without the folder: it is another one each time.
    const char *named = reason != NULL ? strstr(reason, reading->cell->name) : NULL;
    return named != NULL ? named : reason;
}

static bool add_atlas_row(
    const struct reading *reading, enum atlas_phase phase, size_t opened, const json_t *sent)
{
    const json_t *answer = sent != NULL ? find_answer(reading->events, event_integer(sent, "id")) : NULL;
    struct atlas_row row = {.event = strdup(strrchr(reading->cell->scenario->name, '/') + 1),
        .client = strdup(reading->client),
        .tls = reading->tls,
        .phase = phase,
        .outcome = ATLAS_ABSENT,
        .evidence = atlas_evidence_none(),
        .note = copy_text_of(reason_of(reading))};
    if (answer != NULL)
        row.outcome = json_is_true(json_object_get(answer, "ok")) ? ATLAS_OK : ATLAS_ERROR;
    else if (sent != NULL && reading->waited)
        row.outcome = ATLAS_HUNG;
    if (row.outcome != ATLAS_ABSENT) {
        int64_t sent_us = event_integer(sent, "at_us"),
                answered_us = answer != NULL ? event_integer(answer, "at_us") : reading->times.over_us;
        row.after_us = answered_us - ATLAS_EVENT_AT_S * US_PER_S;
        row.took_us = answered_us - sent_us;
        row.evidence = evidence_of(reading, phase, opened, sent_us, answered_us);
    }
    if (row.outcome == ATLAS_ERROR) {
        row.text = copy_text_of(event_string(answer, "error"));
        row.kind = copy_text_of(event_string(answer, "kind"));
        row.sqlstate = copy_text_of(event_string(answer, "sqlstate"));
        row.state = copy_text_of(event_string(answer, "state"));
        row.evidence.goodbye = row.evidence.goodbye || atlas_quotes_server(&row);
    }
    row.cause = atlas_cause_of(&row);
    return atlas_add(reading->atlas, &row);
}

static bool add_atlas_rows(const struct reading *reading)
{
    size_t i, operations = 0, opened = 0;
    json_t *event;
    json_array_foreach(reading->events, i, event)
    {
        if (!is(event, "op-sent") || operations == ATLAS_PHASES)
            continue;
        enum atlas_phase phase = atlas_event_phase(operations++);
        if (!add_atlas_row(reading, phase, opened, event))
            return false;
        opened += phase != ATLAS_CONNECTING && phase != ATLAS_RECONNECTING;
    }
    while (operations < ATLAS_PHASES)
        if (!add_atlas_row(reading, atlas_event_phase(operations++), opened, NULL))
            return false;
    return true;
}

static void read_atlas_events(struct reading *reading)
{
    size_t i;
    json_t *event;
    json_array_foreach(reading->events, i, event)
    {
        if (is(event, "clean-up"))
            reading->waited = true;
        if (is(event, "subject-broken"))
            reading->waited = false;
        if (is(event, "failed"))
            reading->gave_up = event_string(event, "error");
        if (is(event, "subject-ready") && !atlas_name_client(reading->atlas, reading->client,
                                              event_string(event, "version"), event_string(event, "driver")))
            return;
    }
}

bool atlas_collect(
    struct atlas *atlas, const struct cell *cell, const struct folder *folder, const struct verdict *verdict)
{
    struct error no_events, no_packets;
    const char *colon = strchr(cell->subject, ':');
    char *client = strndup(cell->subject, (size_t)(colon - cell->subject));
    if (client == NULL)
        return false;
    struct reading reading = {.atlas = atlas,
        .cell = cell,
        .verdict = verdict,
        .client = client,
        .tls = strcmp(colon + 1, "tls") == 0,
        .events = folder != NULL ? trace_event_read_in(folder, &no_events) : NULL};
    reading.times = trace_times_of(reading.events);
    read_atlas_events(&reading);
    if (folder == NULL)
        reading.packets_missing = "the cell left nothing";
    else if (!atlas_packets_read_in(folder, reading.times.zero_us, &reading.packets, &no_packets))
        reading.packets_missing = no_packets.text;
    bool added = add_atlas_rows(&reading);
    atlas_packets_free(&reading.packets);
    json_decref(reading.events);
    free(client);
    return added;
}
