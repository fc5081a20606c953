// Reads a cell's folder and puts together what belongs together.
#include "report/story.h"

#include "base/array.h"
#include "base/json_number.h"
#include "trace/event.h"
#include "trace/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *event, const char *member)
{
    return json_string_value(json_object_get(event, member));
}

static int64_t event_at_us(const json_t *event)
{
    return json_number_time_or(json_object_get(event, "at_us"), 0);
}

static bool is_event(const json_t *event, const char *name)
{
    return strcmp(text_of(event, "event"), name) == 0;
}

static int64_t whole_of(const json_t *event, const char *member)
{
    int64_t number;
    return json_number_count(json_object_get(event, member), &number) ? number : 0;
}

static struct story_operation *find_sent(struct story *story, int64_t id)
{
    for (size_t i = story->operations_count; i-- > 0;)
        if (story->operations[i].id == id)
            return &story->operations[i];
    return NULL;
}

// Of several items of the workload with the same operation the longest: who is slower than that is slow.
static int64_t own_work_of(const struct scenario *scenario, const char *name)
{
    int64_t own_us = 0;
    for (size_t i = 0; i < scenario->workload_count; i++) {
        const struct workload_item *item = &scenario->workload[i];
        int64_t takes_us = item->takes_us + item->pause_us;
        if (strcmp(operation_name(item->operation), name) == 0 && takes_us > own_us)
            own_us = takes_us;
    }
    return own_us;
}

static bool take_sent(struct story *story, const json_t *event)
{
    struct story_operation *grown = array_grow(story->operations, story->operations_count, sizeof(*grown));
    if (grown == NULL)
        return false;
    const char *name = text_of(event, "do");
    story->operations = grown;
    story->operations[story->operations_count++] = (struct story_operation){.id = whole_of(event, "id"),
        .name = name != NULL ? name : "operation",
        .key = text_of(event, "key"),
        .sent_us = event_at_us(event),
        .answered_us = ARROW_NEVER,
        .own_us = name != NULL ? own_work_of(story->cell->scenario, name) : 0};
    return true;
}

static void story_take_answer(struct story *story, const json_t *event)
{
    struct story_operation *operation = find_sent(story, whole_of(event, "id"));
    if (operation == NULL || operation->answered_us != ARROW_NEVER)
        return;
    operation->answered_us = event_at_us(event);
    operation->ok = json_is_true(json_object_get(event, "ok"));
    operation->error = operation->ok ? NULL : trace_error_text(event);
    operation->error_kind = text_of(event, "kind");
    operation->sqlstate = text_of(event, "sqlstate");
    operation->backend = whole_of(event, "backend");
}

static void take_retry(struct story *story, const json_t *event)
{
    struct story_operation *operation = find_sent(story, whole_of(event, "id"));
    if (operation != NULL)
        operation->retried = true;
}

static void take_unsupported(struct story *story, const json_t *event)
{
    struct story_operation *operation = find_sent(story, whole_of(event, "id"));
    if (operation == NULL)
        return;
    const char *word = text_of(event, "word");
    operation->answered_us = event_at_us(event);
    operation->unsupported = word != NULL ? word : operation->name;
}

static bool take_fault(struct story *story, const json_t *event)
{
    struct story_fault *grown = array_grow(story->faults, story->faults_count, sizeof(*grown));
    int64_t index = whole_of(event, "fault");
    if (grown == NULL)
        return false;
    const char *kind = text_of(event, "kind");
    const struct scenario *scenario = story->cell->scenario;
    story->faults = grown;
    story->faults[story->faults_count++] = (struct story_fault){
        .spec = index < (int64_t)scenario->faults_count ? &scenario->faults[index] : NULL,
        .kind = kind != NULL ? kind : "fault",
        .argument = text_of(event, "argument"),
        .applied_us = event_at_us(event),
        .reverted_us = ARROW_NEVER,
        .hits = index}; // until it is reverted: which one it is
    return true;
}

static void take_reverted(struct story *story, const json_t *event)
{
    for (size_t i = 0; i < story->faults_count; i++) {
        struct story_fault *fault = &story->faults[i];
        if (fault->reverted_us != ARROW_NEVER || fault->hits != whole_of(event, "fault"))
            continue;
        fault->reverted_us = event_at_us(event);
        fault->hits = whole_of(event, "hits");
        return;
    }
}

static bool story_take_event(struct story *story, const json_t *event)
{
    if (is_event(event, "op-sent"))
        return take_sent(story, event);
    if (is_event(event, "op-answered"))
        story_take_answer(story, event);
    if (is_event(event, "op-failed"))
        take_retry(story, event);
    if (is_event(event, "op-unsupported"))
        take_unsupported(story, event);
    if (is_event(event, "fault-applied"))
        return take_fault(story, event);
    if (is_event(event, "fault-reverted"))
        take_reverted(story, event);
    return true;
}

static bool take_events(struct story *story)
{
    size_t i;
    json_t *event;
    bool room = true;
    json_array_foreach(story->events, i, event)
    {
        room = room && story_take_event(story, event);
        story->end_us = event_at_us(event);
    }
    for (i = 0; i < story->faults_count; i++)
        if (story->faults[i].reverted_us == ARROW_NEVER)
            story->faults[i].hits = 0;
    return room;
}

static bool take_arrow(struct story *story, const struct trace_arrow *arrow)
{
    struct story_connection *connection = NULL;
    for (size_t i = story->connections_count; connection == NULL && i-- > 0;)
        if (story->connections[i].port == arrow->app_port)
            connection = &story->connections[i];
    bool opens = arrow->kind == ARROW_SYN && arrow->to_db && !arrow->again;
    if (connection == NULL || opens) {
        connection = array_grow(story->connections, story->connections_count, sizeof(*connection));
        if (connection == NULL)
            return false;
        story->connections = connection;
        connection += story->connections_count++;
        int64_t opened_us = trace_arrow_at_us(arrow);
        *connection = (struct story_connection){
            .port = arrow->app_port, .opened_us = opened_us, .closed_us = ARROW_NEVER};
    }
    bool closes = (arrow->kind == ARROW_FIN || arrow->kind == ARROW_RST) && arrow->left_us != ARROW_NEVER;
    if (closes && connection->closed_us == ARROW_NEVER)
        connection->closed_us = arrow->left_us;
    return true;
}

static bool find_connections(struct story *story)
{
    bool room = true;
    for (size_t i = 0; room && i < story->arrows.count; i++)
        room = take_arrow(story, &story->arrows.items[i]);
    for (size_t i = 0; i < story->connections_count; i++) {
        struct story_connection *connection = &story->connections[i];
        int64_t known_us = connection->closed_us == ARROW_NEVER ? INT64_MAX : connection->closed_us;
        connection->pid = server_lines_pid(&story->lines, connection->port, known_us);
    }
    return room;
}

// The connection over which an operation came through: its backend's.
static void find_ports(struct story *story)
{
    for (size_t i = 0; i < story->operations_count; i++) {
        struct story_operation *operation = &story->operations[i];
        for (size_t j = 0; operation->backend != 0 && j < story->connections_count; j++)
            if (story->connections[j].pid == operation->backend)
                operation->port = story->connections[j].port;
    }
}

static void note_missing(struct story *story, const struct error *error)
{
    size_t used = strlen(story->missing);
    snprintf(story->missing + used, sizeof(story->missing) - used, "%s%s", used > 0 ? "; " : "", error->text);
}

static bool read_arrows(struct story *story, const struct folder *folder, struct error *error)
{
    struct atlas_packets packets;
    struct error unread = {0};
    if (!atlas_packets_read_in(folder, story->zero_us, &packets, &unread))
        note_missing(story, &unread); // what was read before it broke is told
    bool paired = trace_arrows_of(&packets, &story->arrows, error);
    atlas_packets_free(&packets);
    return paired;
}

static bool read_story(struct story *story, const struct folder *folder, struct error *error)
{
    struct error unread = {0};
    story->events = trace_event_read_in(folder, error);
    if (story->events == NULL)
        return false;
    const struct trace_times times = trace_times_of(story->events);
    story->zero_us = times.zero_us;
    if (!read_arrows(story, folder, error))
        return false;
    if (!said_read_in(folder, &story->said, &unread))
        note_missing(story, &unread);
    if (!server_lines_read_in(folder, story->zero_us, &story->lines, &unread))
        note_missing(story, &unread);
    if (!take_events(story) || !find_connections(story))
        return error_set(error, ERROR_LAB, "%s: out of memory", folder->path);
    if (times.over_us != INT64_MAX)
        story->end_us = times.over_us;
    find_ports(story);
    if (!story_read_ledger(story))
        return error_set(error, ERROR_LAB, "%s: out of memory", folder->path);
    return true;
}

struct story *story_new(const struct cell *cell, const struct folder *folder, struct error *error)
{
    struct story *story = calloc(1, sizeof(*story));
    if (story == NULL) {
        (void)error_set(error, ERROR_LAB, "%s: out of memory", folder->path);
        return NULL;
    }
    story->cell = cell;
    if (read_story(story, folder, error))
        return story;
    story_free(story);
    return NULL;
}

void story_free(struct story *story)
{
    if (story == NULL)
        return;
    json_decref(story->events);
    trace_arrows_free(&story->arrows);
    said_free(&story->said);
    server_lines_free(&story->lines);
    free(story->operations);
    free(story->faults);
    free(story->connections);
    free(story);
}
