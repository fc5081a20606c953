// A story in the trace event format: https://ui.perfetto.dev opens it. Times are microseconds, as ours are.
#include "report/why.h"

#include <stdlib.h>

enum track { TRACK_OPERATIONS = 1, TRACK_FAULTS, TRACK_CONNECTIONS, TRACK_PACKETS, TRACK_SERVER, TRACKS };
static const char *const track_names[TRACKS] = {
    [TRACK_OPERATIONS] = "operations",
    [TRACK_FAULTS] = "faults",
    [TRACK_CONNECTIONS] = "connections",
    [TRACK_PACKETS] = "packets",
    [TRACK_SERVER] = "server's log",
};

// Nothing in a trace stands before its zero.
static int64_t not_before_zero(int64_t at_us)
{
    return at_us < 0 ? 0 : at_us;
}

// What may overlap: begins and ends are matched by `id`.
static void add_interval(
    json_t *events, enum track track, json_int_t id, const char *name, int64_t from_us, int64_t until_us)
{
    from_us = not_before_zero(from_us);
    until_us = until_us < from_us ? from_us : until_us;
    json_array_append_new(
        events, json_pack("{s:s, s:s, s:s, s:I, s:I, s:i, s:i}", "ph", "b", "cat", track_names[track], "name",
                    name, "id", id, "ts", (json_int_t)from_us, "pid", 1, "tid", (int)track));
    json_array_append_new(
        events, json_pack("{s:s, s:s, s:s, s:I, s:I, s:i, s:i}", "ph", "e", "cat", track_names[track], "name",
                    name, "id", id, "ts", (json_int_t)until_us, "pid", 1, "tid", (int)track));
}

static void add_instant(json_t *events, enum track track, const char *name, int64_t at_us)
{
    json_array_append_new(events, json_pack("{s:s, s:s, s:s, s:I, s:i, s:i}", "ph", "i", "s", "t", "name",
                                      name, "ts", (json_int_t)at_us, "pid", 1, "tid", (int)track));
}

static void name_tracks(json_t *events)
{
    for (int track = TRACK_OPERATIONS; track < TRACKS; track++)
        json_array_append_new(
            events, json_pack("{s:s, s:s, s:i, s:i, s:{s:s}}", "ph", "M", "name", "thread_name", "pid", 1,
                        "tid", track, "args", "name", track_names[track]));
}

static void add_operations(json_t *events, const struct story *story)
{
    for (size_t i = 0; i < story->operations_count; i++) {
        const struct story_operation *operation = &story->operations[i];
        char *name, flaws[WRITE_FLAWS_SIZE];
        int64_t until_us = operation->answered_us != ARROW_NEVER ? operation->answered_us : story->end_us;
        if (asprintf(&name, "%s %lld: %s%s%s", operation->name, (long long)operation->id,
                write_flaw_words(operation->flaws, flaws), operation->flaws != 0 ? ": " : "",
                operation->answered_us == ARROW_NEVER ? "never answered"
                : operation->unsupported != NULL      ? "not sent"
                : operation->ok                       ? "ok"
                : operation->error != NULL            ? operation->error
                                                      : "error") < 0)
            return;
        add_interval(events, TRACK_OPERATIONS, (json_int_t)i + 1, name, operation->sent_us, until_us);
        free(name);
    }
}

static void add_faults(json_t *events, const struct story *story)
{
    for (size_t i = 0; i < story->faults_count; i++) {
        const struct story_fault *fault = &story->faults[i];
        int64_t until_us = fault->reverted_us != ARROW_NEVER ? fault->reverted_us : story->end_us;
        add_interval(events, TRACK_FAULTS, (json_int_t)i + 1, fault->kind, fault->applied_us, until_us);
    }
}

static void add_connections(json_t *events, const struct story *story)
{
    for (size_t i = 0; i < story->connections_count; i++) {
        const struct story_connection *connection = &story->connections[i];
        char name[64];
        int64_t until_us = connection->closed_us != ARROW_NEVER ? connection->closed_us : story->end_us;
        snprintf(name, sizeof(name), "port %u, backend %ld", connection->port, connection->pid);
        add_interval(events, TRACK_CONNECTIONS, (json_int_t)i + 1, name, connection->opened_us, until_us);
    }
}

static void add_packets(json_t *events, const struct story *story)
{
    for (size_t i = 0; i < story->arrows.count; i++) {
        const struct trace_arrow *arrow = &story->arrows.items[i];
        int64_t at_us = trace_arrow_at_us(arrow);
        char name[320];
        const char *says = said_by(&story->said, arrow);
        snprintf(name, sizeof(name), "%s %s%s, port %u, %u bytes%s%s",
            arrow->to_db ? "to db:" : "to app:", arrow_kind_names[arrow->kind],
            trace_arrow_is_swallowed(arrow) ? " swallowed" : "", arrow->app_port, arrow->length,
            says != NULL ? ": " : "", says != NULL ? says : "");
        if (at_us >= 0)
            add_instant(events, TRACK_PACKETS, name, at_us);
    }
}

void why_print_perfetto(FILE *file, const struct story *story)
{
    json_t *events = json_array();
    name_tracks(events);
    add_operations(events, story);
    add_faults(events, story);
    add_connections(events, story);
    add_packets(events, story);
    for (size_t i = 0; i < story->lines.count; i++)
        if (story->lines.items[i].at_us >= 0)
            add_instant(events, TRACK_SERVER, story->lines.items[i].text, story->lines.items[i].at_us);
    json_t *trace = json_pack("{s:o, s:s}", "traceEvents", events, "displayTimeUnit", "ms");
    json_dumpf(trace, file, JSON_COMPACT);
    fputc('\n', file);
    json_decref(trace);
}
