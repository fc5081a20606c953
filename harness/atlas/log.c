// Lines out of logs: \n of JSON and repr(), colours, prefixes of containers, and where a new event begins.
#include "atlas/log.h"

#include "atlas/diagnose.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX_MOST 40 // of "web-1  | "

// "\u003e" and its like, of ASCII. 0: it is none.
static char escaped_character(const char *text)
{
    char digits[5] = {0};
    if (text[0] != 'u')
        return 0;
    for (int i = 0; i < 4; i++) {
        if (!isxdigit((unsigned char)text[1 + i]))
            return 0;
        digits[i] = text[1 + i];
    }
    long code = strtol(digits, NULL, 16);
    return code >= ' ' && code < 0x7f ? (char)code : '?';
}

// Undoes one escape at text[0] == '\\'; several backslashes are one that was quoted again. Returns how much
// of the text it was.
static size_t unescape(const char *text, char *character)
{
    size_t length = strspn(text, "\\");
    switch (text[length]) {
    case 'n': *character = '\n'; return length + 1;
    case 't':
    case 'r': *character = ' '; return length + 1;
    case '"':
    case '\'':
    case '/': *character = text[length]; return length + 1;
    default: break;
    }
    *character = escaped_character(text + length);
    if (*character != 0)
        return length + 5;
    *character = '\\';
    return 1;
}

// A terminal's colours: ESC [ ... m.
static size_t colour_length(const char *text)
{
    if (text[0] != '\033' || text[1] != '[')
        return 0;
    size_t length = 2 + strspn(text + 2, "0123456789;");
    return text[length] == '\0' ? length : length + 1;
}

// Of one line of the input, which ends in NUL. It becomes shorter, never longer.
static void undo_escapes(char *line)
{
    char *to = line;
    for (const char *from = line; *from != '\0';) {
        size_t colour = colour_length(from);
        if (colour > 0)
            from += colour;
        else if (*from == '\\')
            from += unescape(from, to++);
        else
            *to++ = *from++;
    }
    *to = '\0';
}

static const char *behind_prefix(const char *line)
{
    const char *bar = memchr(line, '|', strnlen(line, PREFIX_MOST));
    return bar != NULL && bar > line && bar[-1] == ' ' && bar[1] == ' ' ? bar + 2 : line;
}

static bool has_digits(const char *text, int count)
{
    for (int i = 0; i < count; i++)
        if (!isdigit((unsigned char)text[i]))
            return false;
    return true;
}

// "2026-01-02 ...", "[2026-...", "10:15:02 ...", "Jan  2 ...", {"level": ..., time=...
static bool begins_record(const char *line)
{
    static const char *const words[] = {"time=", "ts=", "level=", "ERROR ", "WARN", "INFO ", "DEBUG "};
    static const char months[] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ";
    line = behind_prefix(line);
    line += line[0] == '[' || line[0] == '<';
    if (line[0] == '{' && line[1] == '"')
        return true;
    if (has_digits(line, 4) && (line[4] == '-' || line[4] == '/') && isdigit((unsigned char)line[5]))
        return true;
    if (has_digits(line, 2) && line[2] == ':' && has_digits(line + 3, 2))
        return true;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strncmp(line, words[i], strlen(words[i])) == 0)
            return true;
    for (const char *month = months; *month != '\0'; month += 4)
        if (strncmp(line, month, 4) == 0 && strpbrk(line + 4, "0123456789") == line + 4 + (line[4] == ' '))
            return true;
    return false;
}

// "[4711]", and nothing but digits between.
static bool has_process(const char *text, const char *end)
{
    for (const char *at = text; (at = memchr(at, '[', (size_t)(end - at))) != NULL; at++) {
        size_t digits = strspn(at + 1, "0123456789");
        if (digits > 0 && at[1 + digits] == ']')
            return true;
    }
    return false;
}

bool log_is_of_server(const char *plain)
{
    static const char *const words[] = {
        "LOG:  ", "STATEMENT:  ", "FATAL:  ", "PANIC:  ", "ERROR:  ", "WARNING:  "};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        const char *at = strstr(plain, words[i]);
        if (at != NULL && (at == plain || !isalnum((unsigned char)at[-1])) &&
            (i < 2 || has_process(plain, at)))
            return true;
    }
    return false;
}

struct building {
    struct log *log;
    size_t room, record;
};

static bool add_line(struct building *building, const char *plain, size_t length, size_t number)
{
    struct log *log = building->log;
    if (log->count == building->room) {
        size_t room = building->room * 2 + 64;
        struct log_line *lines = reallocarray(log->lines, room, sizeof(*lines));
        if (lines == NULL)
            return false;
        log->lines = lines;
        building->room = room;
    }
    struct log_line line = {.plain = strndup(plain, length), .number = number, .record = building->record};
    line.folded = line.plain != NULL ? diagnose_fold(line.plain) : NULL;
    if (line.folded == NULL || line.folded[0] == '\0') {
        bool whole = line.folded != NULL;
        free(line.plain);
        free(line.folded);
        return whole;
    }
    log->lines[log->count++] = line;
    return true;
}

// One line of the input, which may become several.
static bool add_input(struct building *building, const char *text, size_t length, size_t number)
{
    char *line = calloc(1, length + 1);
    if (line == NULL)
        return false;
    for (size_t i = 0; i < length; i++) // a NUL would end it
        line[i] = text[i] == '\0' ? ' ' : text[i];
    building->record += begins_record(line);
    undo_escapes(line);
    bool added = true;
    for (const char *at = behind_prefix(line); added && *at != '\0'; at += *at == '\n') {
        size_t part = strcspn(at, "\n");
        added = add_line(building, at, part, number);
        at += part;
    }
    free(line);
    return added;
}

struct log *log_new(const char *text, size_t length)
{
    struct building building = {.log = calloc(1, sizeof(struct log))};
    bool added = building.log != NULL;
    for (size_t at = 0, number = 1; added && at < length; number++) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t part = end != NULL ? (size_t)(end - text) - at : length - at;
        added = add_input(&building, text + at, part, number);
        at += part + 1;
    }
    if (added)
        return building.log;
    log_free(building.log);
    return NULL;
}

void log_free(struct log *log)
{
    for (size_t i = 0; log != NULL && i < log->count; i++) {
        free(log->lines[i].plain);
        free(log->lines[i].folded);
    }
    if (log != NULL)
        free(log->lines);
    free(log);
}
