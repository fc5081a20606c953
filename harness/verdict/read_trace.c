// Verdict, first step: the trace's events become facts about operations and faults.
#include "base/array.h"
#include "base/duration.h"
#include "base/json_number.h"
#include "trace/event.h"
#include "verdict/internal.h"

#include <stdlib.h>
#include <string.h>

struct position {
    size_t index;
    int64_t at_us;
    const json_t *event;
};

typedef void (*handler)(struct judgement *judgement, const struct position *position);

struct event_kind {
    const char *name;
    handler handle;
};

static const char *trace_string(const struct position *position, const char *member)
{
    const char *text = json_string_value(json_object_get(position->event, member));
    return text ? text : "";
}

static void trace_is_broken(struct judgement *judgement, const struct position *position, const char *why)
{
    judgement_error(
        judgement, "events.jsonl:%zu: %s: %s", position->index + 1, trace_string(position, "event"), why);
}

static bool trace_integer(
    struct judgement *judgement, const struct position *position, const char *member, int64_t *value)
{
    bool good = json_number_count(json_object_get(position->event, member), value);
    if (!good)
        judgement_error(judgement, "events.jsonl:%zu: %s: %s: expected an integer of 0 or more",
            position->index + 1, trace_string(position, "event"), member);
    return good;
}

// What it takes where nothing is in its way but the path.
static int64_t own_work(const json_t *event)
{
    int64_t query_us = 0, pause_us = 0;
    (void)json_number_duration(json_object_get(event, "seconds"), US_PER_S, &query_us);
    (void)json_number_duration(json_object_get(event, "pause_ms"), US_PER_MS, &pause_us);
    return query_us + pause_us;
}

static void handle_sent(struct judgement *judgement, const struct position *position)
{
    struct operation_fact operation = {
        .sent_us = position->at_us,
        .sent_index = position->index,
        .name = trace_string(position, "do"),
        .key = json_string_value(json_object_get(position->event, "key")),
    };
    if (!trace_integer(judgement, position, "id", &operation.id))
        return;
    operation.work_us = own_work(position->event);
    operation.written.keys = operation.key ? 1 + json_array_size(json_object_get(position->event, "then"))
                                           : 0;
    (void)json_number_duration(
        json_object_get(position->event, "within_ms"), US_PER_MS, &operation.within_us);
    judgement->operations[judgement->operations_count++] = operation; // room for every event
}

static struct operation_fact *operation_of(struct judgement *judgement, const struct position *position)
{
    int64_t id;
    if (!trace_integer(judgement, position, "id", &id))
        return NULL;
    struct operation_fact *operation = judgement_operation_of_id(judgement, id);
    if (!operation || operation->sent_index > position->index)
        trace_is_broken(judgement, position, "an answer to an operation that was not sent");
    else if (operation->answer != ANSWER_NONE)
        trace_is_broken(judgement, position, "a second answer to one operation");
    else
        return operation;
    return NULL;
}

static void keep_error(
    struct judgement *judgement, const struct position *position, const struct operation_fact *operation)
{
    struct verdict *verdict = judgement->verdict;
    struct operation_error *grown = array_grow(verdict->errors, verdict->errors_count, sizeof(*grown));
    if (!grown) {
        judgement->out_of_memory = true;
        return;
    }
    verdict->errors = grown;
    grown[verdict->errors_count++] = (struct operation_error){
        .id = operation->id,
        .at_us = position->at_us,
        .took_us = position->at_us - operation->sent_us,
        .operation = judgement_copy(judgement, operation->name),
        .text = judgement_copy(judgement, trace_error_text(position->event)),
        .kind = judgement_copy(judgement, json_string_value(json_object_get(position->event, "kind"))),
        .sqlstate = judgement_copy(
            judgement, json_string_value(json_object_get(position->event, "sqlstate"))),
    };
}

static void handle_answered(struct judgement *judgement, const struct position *position)
{
    const json_t *ok = json_object_get(position->event, "ok");
    struct operation_fact *operation = operation_of(judgement, position);
    if (!operation)
        return;
    if (!json_is_boolean(ok)) {
        trace_is_broken(judgement, position, "ok: expected true or false");
        return;
    }
    operation->answer = json_is_true(ok) ? ANSWER_OK : ANSWER_ERROR;
    operation->heard = json_object_get(position->event, "heard");
    operation->answered_us = position->at_us;
    if (operation->answer == ANSWER_ERROR)
        keep_error(judgement, position, operation);
}

// It is done again; the application has read the error all the same.
static void handle_attempt_failed(struct judgement *judgement, const struct position *position)
{
    struct operation_fact *operation = operation_of(judgement, position);
    if (operation)
        keep_error(judgement, position, operation);
}

static void handle_unsupported(struct judgement *judgement, const struct position *position)
{
    struct operation_fact *operation = operation_of(judgement, position);
    if (!operation)
        return;
    operation->answer = ANSWER_UNSUPPORTED;
    operation->word = trace_string(position, "word");
}

static struct fault_fact *fault_of(
    struct judgement *judgement, const struct position *position, const struct fault_spec **spec)
{
    int64_t index;
    if (!trace_integer(judgement, position, "fault", &index))
        return NULL;
    if (index < 0 || (size_t)index >= judgement->cell->scenario->faults_count) {
        trace_is_broken(judgement, position, "a fault that the scenario does not have");
        return NULL;
    }
    *spec = &judgement->cell->scenario->faults[index];
    return &judgement->faults[index];
}

static void harm(struct fault_fact *fault, const struct position *position)
{
    fault->harmed_us = position->at_us;
    fault->harmed_index = position->index;
}

static void handle_fault_applied(struct judgement *judgement, const struct position *position)
{
    const struct fault_spec *spec;
    struct fault_fact *fault = fault_of(judgement, position, &spec);
    if (!fault)
        return;
    fault->applied = true;
    fault->applied_us = position->at_us;
    int64_t connections;
    fault->unopposed = json_number_count(json_object_get(position->event, "connections"), &connections) &&
                       connections == 0;
    harm(fault, position);
}

// An armed fault does its harm when its packet comes.
static void handle_fault_hit(struct judgement *judgement, const struct position *position)
{
    const struct fault_spec *spec;
    struct fault_fact *fault = fault_of(judgement, position, &spec);
    if (fault)
        harm(fault, position);
}

static void handle_fault_reverted(struct judgement *judgement, const struct position *position)
{
    const struct fault_spec *spec;
    struct fault_fact *fault = fault_of(judgement, position, &spec);
    int64_t hits;
    if (!fault || !trace_integer(judgement, position, "hits", &hits))
        return;
    fault->reverted = true;
    fault->reverted_us = position->at_us;
    fault->hits = hits;
    // At the cell's end everything is reverted: that heals nothing any more.
    fault->healed = spec->for_us < judgement->cell->scenario->run_for_us - spec->at_us;
    if (fault->healed)
        harm(fault, position);
}

static void handle_fault_failed(struct judgement *judgement, const struct position *position)
{
    const struct fault_spec *spec;
    if (fault_of(judgement, position, &spec))
        judgement_error(judgement, "%s:%d: %s %s: could not be applied or reverted: %s",
            judgement->cell->scenario->path, spec->line, spec->kind->name, spec->argument,
            trace_string(position, "error"));
}

static void handle_ready(struct judgement *judgement, const struct position *position)
{
    if (!judgement->verdict->version)
        judgement->verdict->version = judgement_copy(judgement, trace_string(position, "version"));
    const char *driver = trace_string(position, "driver");
    if (!judgement->verdict->driver && *driver != '\0')
        judgement->verdict->driver = judgement_copy(judgement, driver);
    judgement->other_client = *driver != '\0' && strstr(driver, "libpq") == NULL;
}

static void handle_broken(struct judgement *judgement, const struct position *position)
{
    const char *detail = trace_string(position, "detail");
    if (strcmp(trace_string(position, "reason"), "unsupported") == 0) {
        judgement->refused = detail;
        return;
    }
    judgement_error(judgement, "the subject broke: %s%s%s", trace_string(position, "reason"),
        *detail ? ": " : "", detail);
}

static bool has_hung_operations(const struct judgement *judgement)
{
    for (size_t i = 0; i < judgement->operations_count; i++)
        if (judgement->operations[i].answer == ANSWER_NONE)
            return true;
    return false;
}

// Only a subject that still waits for an answer has a reason not to end by itself.
static void handle_exited(struct judgement *judgement, const struct position *position)
{
    const json_t *signal = json_object_get(position->event, "signal");
    int64_t status, number;
    bool has_status = json_number_count(json_object_get(position->event, "status"), &status);
    bool killed = json_is_true(json_object_get(position->event, "killed"));
    bool known = judgement->verdict->outcome == OUTCOME_ERROR ||
                 judgement->refused; // then this only says how it ended
    if (killed && !known && !has_hung_operations(judgement))
        judgement_error(judgement, "the subject did not end when its input did, and was killed");
    else if (!killed && signal != NULL)
        judgement_error(judgement, "the subject ended with signal %lld",
            json_number_count(signal, &number) ? (long long)number : -1);
    else if (!killed && has_status && status != 0)
        judgement_error(judgement, "the subject ended with status %lld", (long long)status);
}

static void handle_row(struct judgement *judgement, const struct position *position)
{
    const char *key = trace_string(position, "key");
    int64_t count;
    if (!trace_integer(judgement, position, "count", &count))
        return;
    judgement->rows_seen = true;
    struct operation_fact *found = judgement_operation_of_key(judgement, key);
    if (found) {
        found->written.stored += count > 0;
        if (count > found->written.rows)
            found->written.rows = count;
    } else {
        judgement_error(judgement, "a row nobody wrote: key %s is in the database, but was never sent", key);
    }
}

static void handle_leaked(struct judgement *judgement, const struct position *position)
{
    judgement->audited = trace_integer(judgement, position, "count", &judgement->leaked_backends);
}

static void handle_flow_table(struct judgement *judgement, const struct position *position)
{
    (void)trace_integer(
        judgement, position, "forgotten", &judgement->verdict->metrics.value[METRIC_FORGOTTEN]);
}

static void handle_flow_forgotten(struct judgement *judgement, const struct position *position)
{
    judgement->reset_flow = true;
    judgement->reset_flow_us = position->at_us;
    judgement->reset_flow_index = position->index;
}

static void handle_failed(struct judgement *judgement, const struct position *position)
{
    judgement->verdict->over = true;
    judgement_error(judgement, "the lab gave up: %s", trace_string(position, "error"));
}

static void handle_lab(struct judgement *judgement, const struct position *position)
{
    if (judgement->zero_us < 0)
        trace_is_broken(judgement, position, "zero_realtime_us: expected an integer");
}

static void handle_start(struct judgement *judgement, const struct position *position)
{
    (void)position;
    judgement->started = true;
}

static void handle_end(struct judgement *judgement, const struct position *position)
{
    judgement->ended = judgement->verdict->over = true;
    judgement->end_us = position->at_us;
    if (strcmp(trace_string(position, "reason"), "failed") == 0 &&
        judgement->verdict->outcome < OUTCOME_ERROR)
        judgement_error(judgement, "the cell ended early: the lab failed");
}

// What refers to operations comes in a second pass, when all of them are known.
static const struct event_kind first_pass[] = {{"op-sent", handle_sent}, {NULL, NULL}};

static const struct event_kind second_pass[] = {
    {"lab", handle_lab},
    {"start", handle_start},
    {"op-answered", handle_answered},
    {"op-failed", handle_attempt_failed},
    {"op-unsupported", handle_unsupported},
    {"fault-applied", handle_fault_applied},
    {"fault-reverted", handle_fault_reverted},
    {"fault-failed", handle_fault_failed},
    {"fault-hit", handle_fault_hit},
    {"fin-injected", handle_fault_hit},
    {"rst-injected", handle_fault_hit},
    {"backend-killed", handle_fault_hit},
    {"subject-ready", handle_ready},
    {"subject-broken", handle_broken},
    {"subject-exited", handle_exited},
    {"row", handle_row},
    {"leaked-backends", handle_leaked},
    {"flow-forgotten", handle_flow_forgotten},
    {"flow-table", handle_flow_table},
    {"failed", handle_failed},
    {"end", handle_end},
    {NULL, NULL},
};

static void read_trace_events(struct judgement *judgement, const struct event_kind *kinds)
{
    const json_t *events = judgement->evidence->events;
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        struct position position = {
            .index = i, .event = event, .at_us = json_number_time_or(json_object_get(event, "at_us"), 0)};
        for (const struct event_kind *kind = kinds; kind->name; kind++)
            if (strcmp(trace_string(&position, "event"), kind->name) == 0)
                kind->handle(judgement, &position);
    }
}

static int64_t time_of(const json_t *events, size_t index)
{
    return json_number_time_or(json_object_get(json_array_get(events, index), "at_us"), 0);
}

void judgement_read_trace(struct judgement *judgement)
{
    const json_t *events = judgement->evidence->events;
    size_t count = json_array_size(events);
    judgement->operations = calloc(count + 1, sizeof(*judgement->operations));
    judgement->faults = calloc(judgement->cell->scenario->faults_count + 1, sizeof(*judgement->faults));
    if (!judgement->operations || !judgement->faults) {
        judgement->out_of_memory = true;
        return;
    }
    if (count > 0) {
        judgement->end_us = time_of(events, count - 1);
        judgement->verdict->virtual_us = judgement->end_us - time_of(events, 0);
    }
    read_trace_events(judgement, first_pass);
    judgement_sort_operations(judgement);
    read_trace_events(judgement, second_pass);
}
