// Reads PostgreSQL's log with log_line_prefix = '%m [%p] ' or '%n [%p] '.
#include "trace/server_lines.h"

#include "base/array.h"
#include "base/duration.h"
#include "base/text.h"
#include "contract/cell_files.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TEXT_MAX 600 // bytes: an insert of a megabyte is told by its beginning

struct lines_reader {
    struct server_lines *lines;
    int64_t zero_us;
    bool skips; // the lines that go on with one that was left out
};

static int64_t read_milliseconds(const char *text)
{
    return *text == '.' ? strtol(text + 1, NULL, 10) * US_PER_MS : 0;
}

const char *server_line_stamp(const char *line, int64_t *at_us)
{
    struct tm calendar = {0};
    const char *rest = strptime(line, "%Y-%m-%d %H:%M:%S", &calendar);
    if (rest != NULL) {
        *at_us = (int64_t)timegm(&calendar) * US_PER_S + read_milliseconds(rest);
    } else {
        char *end;
        long long seconds = strtoll(line, &end, 10);
        if (end == line || seconds < 0 || seconds > INT32_MAX * 2LL)
            return NULL;
        *at_us = seconds * US_PER_S + read_milliseconds(end);
        rest = end;
    }
    return strchr(rest, '[');
}

static char *copy_server_text(const char *text)
{
    char *line = text_one_line(text);
    if (line != NULL && strlen(line) > TEXT_MAX) {
        char *end = line + TEXT_MAX;
        while (end > line && ((unsigned char)*end & 0xc0) == 0x80)
            end--; // not within a character
        *end = '\0';
    }
    return line;
}

static uint16_t port_of(const struct lines_reader *reader, long pid, const char *text)
{
    const char *received = strstr(text, "connection received: host="), *port;
    if (received != NULL && (port = strstr(received, " port=")) != NULL)
        return (uint16_t)strtoul(port + strlen(" port="), NULL, 10);
    for (size_t i = reader->lines->count; i-- > 0;)
        if (reader->lines->items[i].pid == pid)
            return reader->lines->items[i].app_port;
    return 0;
}

static bool add_server_line(struct lines_reader *reader, int64_t at_us, long pid, const char *level,
    size_t level_length, const char *text)
{
    struct server_lines *lines = reader->lines;
    struct server_line *grown = array_grow(lines->items, lines->count, sizeof(*grown));
    if (grown == NULL)
        return false;
    lines->items = grown;
    struct server_line *line = &grown[lines->count];
    *line = (struct server_line){.at_us = at_us - reader->zero_us,
        .pid = pid,
        .app_port = port_of(reader, pid, text),
        .level = strndup(level, level_length),
        .text = copy_server_text(text)};
    lines->count++;
    return line->level != NULL && line->text != NULL;
}

// A tab begins what goes on with the line before.
static bool continue_line(struct lines_reader *reader, const char *text)
{
    if (reader->skips || reader->lines->count == 0)
        return true;
    struct server_line *line = &reader->lines->items[reader->lines->count - 1];
    char *joined;
    if (line->text == NULL || strlen(line->text) >= TEXT_MAX)
        return true;
    if (asprintf(&joined, "%s %s", line->text, text) < 0)
        return false;
    free(line->text);
    line->text = copy_server_text(joined);
    free(joined);
    return line->text != NULL;
}

static bool read_server_line(struct lines_reader *reader, const char *text)
{
    int64_t at_us;
    char *end;
    if (*text == '\t')
        return continue_line(reader, text);
    const char *bracket = server_line_stamp(text, &at_us);
    if (bracket == NULL)
        return true;
    long pid = strtol(bracket + 1, &end, 10);
    if (strncmp(end, "] ", 2) != 0)
        return true;
    const char *level = end + 2, *colon = strchr(level, ':');
    if (colon == NULL)
        return true;
    const char *message = colon + 1 + strspn(colon + 1, " ");
    reader->skips = strncmp(message, "duration: ", strlen("duration: ")) == 0;
    return reader->skips || add_server_line(reader, at_us, pid, level, (size_t)(colon - level), message);
}

bool server_lines_read_in(
    const struct folder *folder, int64_t zero_us, struct server_lines *lines, struct error *error)
{
    struct folder_file file;
    *lines = (struct server_lines){0};
    if (!folder_open_file(folder, CELL_LOG_FILE, &file, ERROR_LAB, error))
        return false;
    struct lines_reader reader = {.lines = lines, .zero_us = zero_us};
    char *line = NULL;
    size_t room = 0;
    bool whole = true;
    while (whole && getline(&line, &room, file.stream) > 0)
        whole = read_server_line(&reader, line) ||
                error_set(error, ERROR_LAB, "%s: out of memory", file.path);
    if (whole && ferror(file.stream))
        whole = error_set_errno(error, ERROR_LAB, "%s", file.path);
    free(line);
    folder_close_file(&file);
    if (!whole)
        server_lines_free(lines);
    return whole;
}

void server_lines_free(struct server_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        free(lines->items[i].level);
        free(lines->items[i].text);
    }
    free(lines->items);
    *lines = (struct server_lines){0};
}

const char *server_line_statement(const struct server_line *line)
{
    static const char statement[] = "statement: ", execute[] = "execute ";
    if (strncmp(line->text, statement, strlen(statement)) == 0)
        return line->text + strlen(statement);
    const char *colon = strncmp(line->text, execute, strlen(execute)) == 0 ? strstr(line->text, ": ") : NULL;
    return colon != NULL ? colon + 2 : NULL;
}

long server_lines_pid(const struct server_lines *lines, uint16_t app_port, int64_t at_us)
{
    long pid = 0;
    // The server notes a connection after the network has it: half a round trip, and its stamp is cut to ms.
    for (size_t i = 0; i < lines->count; i++)
        if (lines->items[i].app_port == app_port && (pid == 0 || lines->items[i].at_us <= at_us))
            pid = lines->items[i].pid;
    return pid;
}
