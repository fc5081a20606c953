// events.jsonl: writing it event by event, reading it back as a whole.
#include "trace/event.h"

#include "base/stored_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool dump_line(FILE *file, json_t *line, struct error *error)
{
    if (!line)
        return error_set(error, ERROR_LAB, "event: no memory, or members that are no object");
    // A killed guest leaves every event before the last whole: each line goes out on its own.
    if (json_dumpf(line, file, JSON_COMPACT) != 0 || fputc('\n', file) == EOF || fflush(file) != 0)
        return error_set_errno(error, ERROR_LAB, "event");
    return true;
}

bool trace_event_write(FILE *file, int64_t at_us, const char *event, json_t *members, struct error *error)
{
    json_t *line = json_pack("{s:I, s:s}", "at_us", (json_int_t)at_us, "event", event);
    if (line && members && json_object_update_missing(line, members) != 0) {
        json_decref(line);
        line = NULL;
    }
    json_decref(members);
    bool written = dump_line(file, line, error);
    json_decref(line);
    return written;
}

struct reader {
    const char *path;
    size_t line;
    int64_t last_us;
};

// Times are added and turned into nanoseconds later: none of them may be beyond the year 2090, as
// microseconds.
#define NUMBER_MAX 4000000000000000LL

static bool is_plausible(const json_t *value)
{
    json_int_t number = json_integer_value(value);
    return !json_is_integer(value) || (number >= -NUMBER_MAX && number <= NUMBER_MAX);
}

static bool check_numbers(const struct reader *reader, const json_t *event, struct error *error)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)event, key, value)
    {
        if (!is_plausible(value))
            return error_set(
                error, ERROR_LAB, "%s:%zu: %.40s: a number out of range", reader->path, reader->line, key);
    }
    return true;
}

static bool check_event(struct reader *reader, const json_t *event, struct error *error)
{
    const json_t *at = json_object_get(event, "at_us");
    if (!json_is_integer(at))
        return error_set(error, ERROR_LAB, "%s:%zu: at_us: expected an integer", reader->path, reader->line);
    if (!json_is_string(json_object_get(event, "event")))
        return error_set(error, ERROR_LAB, "%s:%zu: event: expected a string", reader->path, reader->line);
    if (!check_numbers(reader, event, error))
        return false;
    int64_t at_us = json_integer_value(at);
    if (at_us < reader->last_us)
        return error_set(error, ERROR_LAB, "%s:%zu: time runs backwards: %lld us after %lld us", reader->path,
            reader->line, (long long)at_us, (long long)reader->last_us);
    reader->last_us = at_us;
    return true;
}

static bool read_line(
    struct reader *reader, const char *text, size_t length, json_t *events, struct error *error)
{
    json_error_t why;
    json_t *event = json_loadb(text, length, JSON_REJECT_DUPLICATES, &why);
    if (!event)
        return error_set(error, ERROR_LAB, "%s:%zu: %s", reader->path, reader->line, why.text);
    if (!check_event(reader, event, error)) {
        json_decref(event);
        return false;
    }
    if (json_array_append_new(events, event) != 0)
        return error_set(error, ERROR_LAB, "%s: no memory", reader->path);
    return true;
}

static bool read_lines(FILE *file, struct reader *reader, json_t *events, struct error *error)
{
    char *text = NULL;
    size_t room = 0;
    bool good = true;
    ssize_t length;
    while (good && (length = getline(&text, &room, file)) > 0) {
        reader->line++;
        good = read_line(reader, text, (size_t)length, events, error);
    }
    free(text);
    if (good && !feof(file))
        return error_set_errno(error, ERROR_LAB, "%s", reader->path);
    return good;
}

json_t *trace_event_read(const char *path, struct error *error)
{
    FILE *file = stored_file_stream(path, ERROR_LAB, error);
    if (!file)
        return NULL;
    struct reader reader = {.path = path, .last_us = INT64_MIN};
    json_t *events = json_array();
    if (!events || !read_lines(file, &reader, events, error)) {
        if (!events)
            (void)error_set(error, ERROR_LAB, "%s: no memory", path);
        json_decref(events);
        events = NULL;
    }
    (void)fclose(file);
    return events;
}
