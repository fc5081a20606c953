// events.jsonl: writing it event by event, reading it back as a whole.
#include "trace/event.h"

#include "base/json_number.h"
#include "base/text.h"
#include "contract/cell_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool dump_line(FILE *file, json_t *line, struct error *error)
{
    if (!line)
        return error_set(error, ERROR_LAB, "event: out of memory, or members that are no object");
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

static bool check_event(struct reader *reader, const json_t *event, struct error *error)
{
    int64_t at_us;
    if (!json_number_time_us(json_object_get(event, "at_us"), &at_us))
        return error_set(error, ERROR_LAB, "%s:%zu: at_us: expected an integer, of microseconds in a cell",
            reader->path, reader->line);
    if (!json_is_string(json_object_get(event, "event")))
        return error_set(error, ERROR_LAB, "%s:%zu: event: expected a string", reader->path, reader->line);
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
    if (!event) {
        char *shown = text_one_line(why.text); // it quotes the line
        (void)error_set(
            error, ERROR_LAB, "%s:%zu: %s", reader->path, reader->line, shown ? shown : "not JSON");
        free(shown);
        return false;
    }
    if (!check_event(reader, event, error)) {
        json_decref(event);
        return false;
    }
    if (json_array_append_new(events, event) != 0)
        return error_set(error, ERROR_LAB, "%s: out of memory", reader->path);
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

json_t *trace_event_read(struct folder_file *file, struct error *error)
{
    struct reader reader = {.path = file->path, .last_us = INT64_MIN};
    json_t *events = json_array();
    if (!events || !read_lines(file->stream, &reader, events, error)) {
        if (!events)
            (void)error_set(error, ERROR_LAB, "%s: out of memory", file->path);
        json_decref(events);
        events = NULL;
    }
    return events;
}

json_t *trace_event_read_in(const struct folder *folder, struct error *error)
{
    struct folder_file file;
    if (!folder_open_file(folder, CELL_EVENTS_FILE, &file, ERROR_LAB, error))
        return NULL;
    json_t *events = trace_event_read(&file, error);
    folder_close_file(&file);
    return events;
}

// A message that is not there reads so in Java and in JavaScript.
static bool says_something(const char *text)
{
    return text && text[strspn(text, " \t\r\n")] && strcmp(text, "null") != 0 &&
           strcmp(text, "undefined") != 0;
}

const char *trace_error_text(const json_t *answered)
{
    const char *text = json_string_value(json_object_get(answered, "error")),
               *kind = json_string_value(json_object_get(answered, "kind"));
    if (says_something(text))
        return text;
    return says_something(kind) ? kind : "an error without a text";
}
