// What the database holds of each operation of a story, by the rows that the lab read at the end.
#include "report/story.h"

#include "base/json_number.h"

#include <string.h>

static const char *name_of(const json_t *event)
{
    const char *name = json_string_value(json_object_get(event, "event"));
    return name != NULL ? name : "";
}

static struct story_operation *operation_of_key(
    const struct story *story, const json_t *operations, const char *key)
{
    const json_t *place = json_object_get(operations, key);
    return place != NULL ? &story->operations[json_integer_value(place)] : NULL;
}

// Its keys lead to its place among the operations.
static bool note_keys(json_t *operations, const json_t *sent, size_t place, struct written *written)
{
    size_t i;
    json_t *key, *then = json_object_get(sent, "then");
    const char *first = json_string_value(json_object_get(sent, "key"));
    if (first == NULL)
        return true;
    bool room = json_object_set_new(operations, first, json_integer((json_int_t)place)) == 0;
    written->keys = 1;
    json_array_foreach(then, i, key)
    {
        if (!json_is_string(key))
            continue;
        written->keys++;
        room = room &&
               json_object_set_new(operations, json_string_value(key), json_integer((json_int_t)place)) == 0;
    }
    return room;
}

static void note_row(const struct story *story, const json_t *operations, const json_t *row)
{
    int64_t count;
    const char *key = json_string_value(json_object_get(row, "key"));
    struct story_operation *operation = key != NULL ? operation_of_key(story, operations, key) : NULL;
    if (operation == NULL || !json_number_count(json_object_get(row, "count"), &count))
        return;
    operation->written.stored += count > 0;
    if (count > operation->written.rows)
        operation->written.rows = count;
}

// The lab asks for leaked backends after it has read the rows.
static bool was_read(const json_t *events)
{
    size_t i;
    json_t *event;
    json_array_foreach(events, i, event)
    {
        if (strcmp(name_of(event), "leaked-backends") == 0)
            return true;
    }
    return false;
}

static bool note_all(struct story *story, json_t *operations)
{
    size_t i, place = 0;
    json_t *event;
    bool room = true;
    json_array_foreach(story->events, i, event)
    {
        if (strcmp(name_of(event), "row") == 0)
            note_row(story, operations, event);
        if (strcmp(name_of(event), "op-sent") != 0 || place == story->operations_count)
            continue;
        room = room && note_keys(operations, event, place, &story->operations[place].written);
        place++;
    }
    return room;
}

bool story_read_ledger(struct story *story)
{
    if (!was_read(story->events))
        return true;
    json_t *operations = json_object();
    bool room = operations != NULL && note_all(story, operations);
    json_decref(operations);
    for (size_t i = 0; room && i < story->operations_count; i++) {
        struct story_operation *operation = &story->operations[i];
        operation->flaws = written_flaws(&operation->written, operation->ok);
    }
    return room;
}
