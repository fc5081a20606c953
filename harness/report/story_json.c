// The story as data of the page: rows instead of objects, and only as much as a page of many cells has room
// for.
#include "report/story.h"

#include <stdlib.h>
#include <string.h>

// The rank of what a page never shows.
#define LEFT_OUT 3

// Of an operation, beside what the ledger says of it: enum write_flaw.
#define OPERATION_UNSUPPORTED 16

enum packet_flag { PACKET_TO_DB = 1, PACKET_AGAIN = 2, PACKET_DAMAGED = 4 };

// Which of many items stay: by rank, and of the rank for which there is not room enough its beginning and its
// end.
struct choice {
    unsigned char *ranks;
    bool *stays;
    size_t count, left_out;
};

static bool choice_new(struct choice *choice, size_t count)
{
    *choice = (struct choice){
        .ranks = calloc(count + 1, 1), .stays = calloc(count + 1, sizeof(bool)), .count = count};
    return choice->ranks != NULL && choice->stays != NULL;
}

static void choice_free(struct choice *choice)
{
    free(choice->ranks);
    free(choice->stays);
}

static size_t count_rank(const struct choice *choice, unsigned char rank)
{
    size_t count = 0;
    for (size_t i = 0; i < choice->count; i++)
        count += choice->ranks[i] == rank;
    return count;
}

static void choose_by_rank(struct choice *choice, size_t limit)
{
    for (unsigned char rank = 0; rank < LEFT_OUT; rank++) {
        size_t all = count_rank(choice, rank), taken = all < limit ? all : limit, seen = 0;
        size_t first = all <= limit ? taken : taken - taken / 4;
        for (size_t i = 0; i < choice->count; i++) {
            if (choice->ranks[i] != rank)
                continue;
            choice->stays[i] = seen < first || seen >= all - (taken - first);
            seen++;
        }
        limit -= taken;
        choice->left_out += all - taken;
    }
}

static bool is_in_notable(const struct story *story, int64_t at_us)
{
    for (size_t i = 0; i < story->operations_count; i++) {
        const struct story_operation *operation = &story->operations[i];
        if (operation->sent_us <= at_us && story_operation_is_notable(operation) &&
            (operation->answered_us == ARROW_NEVER || operation->answered_us >= at_us))
            return true;
    }
    return false;
}

static unsigned char rank_packet(const struct story *story, const struct trace_arrow *arrow)
{
    int64_t at_us = trace_arrow_at_us(arrow);
    if (at_us < 0 || at_us > story->end_us)
        return LEFT_OUT;
    if (trace_arrow_is_swallowed(arrow) || arrow->entered_us == ARROW_NEVER || arrow->again || arrow->damaged)
        return 0;
    if (arrow->kind == ARROW_ACK)
        return LEFT_OUT;
    if (arrow->kind != ARROW_DATA)
        return 0;
    return is_in_notable(story, at_us) ? 1 : 2;
}

static json_t *moment(int64_t at_us)
{
    return at_us == ARROW_NEVER ? json_null() : json_integer(at_us);
}

// What it says is the last, where it is known.
static json_t *packet_to_json(const struct story *story, const struct trace_arrow *arrow)
{
    const char *says = said_by(&story->said, arrow);
    int flags = (arrow->to_db ? PACKET_TO_DB : 0) | (arrow->again ? PACKET_AGAIN : 0) |
                (arrow->damaged ? PACKET_DAMAGED : 0);
    json_t *row = json_pack("[o, o, i, i, i, I]", moment(arrow->entered_us), moment(arrow->left_us),
        (int)arrow->kind, flags, (int)arrow->app_port, (json_int_t)arrow->length);
    if (says != NULL)
        json_array_append_new(row, json_string(says));
    return row;
}

static json_t *packets_to_json(const struct story *story, size_t limit, size_t *left_out)
{
    struct choice choice;
    json_t *json = choice_new(&choice, story->arrows.count) ? json_array() : NULL;
    for (size_t i = 0; json != NULL && i < choice.count; i++)
        choice.ranks[i] = rank_packet(story, &story->arrows.items[i]);
    if (json != NULL)
        choose_by_rank(&choice, limit);
    for (size_t i = 0; json != NULL && i < choice.count; i++)
        if (choice.stays[i])
            json_array_append_new(json, packet_to_json(story, &story->arrows.items[i]));
    *left_out = choice.left_out;
    choice_free(&choice);
    return json;
}

static unsigned char rank_line(const struct story *story, const struct server_line *line)
{
    static const char authenticated[] = "connection authenticated";
    if (line->at_us < 0 || line->at_us > story->end_us + 1000 ||
        strncmp(line->text, authenticated, strlen(authenticated)) == 0)
        return LEFT_OUT;
    if (strcmp(line->level, "LOG") != 0)
        return 0;
    return server_line_statement(line) != NULL && !is_in_notable(story, line->at_us) ? 2 : 1;
}

static json_t *lines_to_json(const struct story *story, size_t limit, size_t *left_out)
{
    struct choice choice;
    json_t *json = choice_new(&choice, story->lines.count) ? json_array() : NULL;
    for (size_t i = 0; json != NULL && i < choice.count; i++)
        choice.ranks[i] = rank_line(story, &story->lines.items[i]);
    if (json != NULL)
        choose_by_rank(&choice, limit);
    for (size_t i = 0; json != NULL && i < choice.count; i++) {
        const struct server_line *line = &story->lines.items[i];
        if (choice.stays[i])
            json_array_append_new(json, json_pack("[I, I, s, s]", (json_int_t)line->at_us,
                                            (json_int_t)line->pid, line->level, line->text));
    }
    *left_out = choice.left_out;
    choice_free(&choice);
    return json;
}

static json_t *operation_to_json(const struct story *story, const struct story_operation *operation)
{
    json_t *words = story_operation_is_notable(operation) ? story_words(story, operation) : json_null();
    int flags = (int)operation->flaws | (operation->unsupported != NULL ? OPERATION_UNSUPPORTED : 0);
    return json_pack("[I, s, I, o, b, I, i, s?, s?, s?, I, i, o]", (json_int_t)operation->id, operation->name,
        (json_int_t)operation->sent_us, moment(operation->answered_us), operation->ok,
        (json_int_t)operation->backend, (int)operation->port, operation->error, operation->error_kind,
        operation->sqlstate, (json_int_t)operation->own_us, flags, words);
}

static json_t *operations_to_json(const struct story *story, size_t limit, size_t *left_out)
{
    struct choice choice;
    json_t *json = choice_new(&choice, story->operations_count) ? json_array() : NULL;
    for (size_t i = 0; json != NULL && i < choice.count; i++)
        choice.ranks[i] = story_operation_is_notable(&story->operations[i]) ? 0 : 1;
    if (json != NULL)
        choose_by_rank(&choice, limit);
    for (size_t i = 0; json != NULL && i < choice.count; i++)
        if (choice.stays[i])
            json_array_append_new(json, operation_to_json(story, &story->operations[i]));
    *left_out = choice.left_out;
    choice_free(&choice);
    return json;
}

static json_t *faults_to_json(const struct story *story)
{
    json_t *json = json_array();
    for (size_t i = 0; json != NULL && i < story->faults_count; i++) {
        const struct story_fault *fault = &story->faults[i];
        json_array_append_new(
            json, json_pack("[s, s?, I, o, I, i]", fault->kind, fault->argument,
                      (json_int_t)fault->applied_us, moment(fault->reverted_us), (json_int_t)fault->hits,
                      fault->spec != NULL ? fault->spec->line : 0));
    }
    return json;
}

static json_t *connections_to_json(const struct story *story)
{
    json_t *json = json_array();
    for (size_t i = 0; json != NULL && i < story->connections_count; i++) {
        const struct story_connection *connection = &story->connections[i];
        if (connection->opened_us <= story->end_us)
            json_array_append_new(
                json, json_pack("[i, I, I, o]", (int)connection->port, (json_int_t)connection->pid,
                          (json_int_t)connection->opened_us, moment(connection->closed_us)));
    }
    return json;
}

static json_t *marks_to_json(const struct story *story, size_t limit)
{
    size_t i;
    json_t *event, *json = json_array();
    json_array_foreach(story->events, i, event)
    {
        char *words = json_array_size(json) < limit ? story_event_words(event) : NULL;
        if (words != NULL)
            json_array_append_new(json, json_pack("[O, s]", json_object_get(event, "at_us"), words));
        free(words);
    }
    return json;
}

json_t *story_to_json(const struct story *story, const struct story_limits *limits)
{
    size_t packets_left, lines_left, operations_left;
    json_t *packets = packets_to_json(story, limits->packets, &packets_left);
    json_t *lines = lines_to_json(story, limits->lines, &lines_left);
    json_t *operations = operations_to_json(story, limits->operations, &operations_left);
    return json_pack("{s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:[I, I, I]}", "end",
        (json_int_t)story->end_us, "missing", story->missing, "operations", operations, "faults",
        faults_to_json(story), "marks", marks_to_json(story, limits->operations), "connections",
        connections_to_json(story), "packets", packets, "log", lines, "left_out", (json_int_t)packets_left,
        (json_int_t)lines_left, (json_int_t)operations_left);
}
