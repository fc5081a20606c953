// How it ended, how late it was, and its last line of error.
#include "sweep/program.h"

#include "base/duration.h"
#include "base/json_number.h"
#include "base/text.h"
#include "verdict/impact.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_MAX_SHOWN 200

static int64_t microseconds_of(const json_t *seconds)
{
    int64_t time_us;
    return json_number_duration(seconds, US_PER_S, &time_us) ? time_us : 0;
}

struct sweep_calm sweep_calm_of(const json_t *report)
{
    const json_t *longest = json_object_get(json_object_get(report, "hangs"), "longest");
    return (struct sweep_calm){.took_us = microseconds_of(json_object_get(report, "lab_s")),
        .hang_us = microseconds_of(json_object_get(longest, "for_s"))};
}

static bool is_number_part(char c)
{
    return isxdigit((unsigned char)c) || c == '.' || c == ':';
}

// A number, an address of a network (10.0.0.2, fe80::1) or of memory (0x7f2c), without the full stop behind
// it. Not a code such as 57P01.
static size_t number_length(const char *text)
{
    size_t length = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 2 : 0;
    bool digit = length > 0;
    if (!isxdigit((unsigned char)text[0]) && strncmp(text, "::", 2) != 0)
        return 0;
    for (; is_number_part(text[length]); length++)
        digit = digit || isdigit((unsigned char)text[length]);
    while (length > 0 && !isxdigit((unsigned char)text[length - 1]))
        length--;
    return digit && !isupper((unsigned char)text[length]) ? length : 0;
}

// In place: what is folded is no longer. "SQL2" keeps its number.
static void fold_numbers(char *text)
{
    char *to = text, before = ' ';
    for (const char *from = text; *from != '\0';) {
        const size_t length = isalnum((unsigned char)before) ? 0 : number_length(from);
        before = *from;
        *to++ = length > 0 ? '#' : *from;
        from += length > 0 ? length : 1;
    }
    *to = '\0';
}

// Of one that reports no error itself: SQLAlchemy's statement, its parameters and its link.
static bool is_of_error_before(const char *line, size_t length)
{
    static const char *const begins[] = {"[SQL:", "[parameters:", "(Background on this error"};
    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
        if (length >= strlen(begins[i]) && strncmp(line, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

static bool has_error_word(const char *line, size_t length)
{
    static const char *const words[] = {"error", "fatal", "exception", "panic", "fail", "refused", "timeout",
        "timed out", "abort", "terminat", "closed", "lost", "broken"};
    for (size_t at = 0; at < length; at++)
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            if (length - at >= strlen(words[i]) && strncasecmp(line + at, words[i], strlen(words[i])) == 0)
                return true;
    return false;
}

// What is set in, as the frames of a stack and libpq's hints are, belongs to the line before.
static bool tells_error(const char *line, size_t length)
{
    return length > 0 && !isspace((unsigned char)line[0]) && !is_of_error_before(line, length) &&
           has_error_word(line, length);
}

// Of the last line that tells of an error, and the one just before it where that does, too: libpq says in two
// what it knows of one.
static char *last_error_of(const char *text)
{
    const char *begin = text, *end = text, *before = NULL;
    for (const char *line = text; *line != '\0';) {
        const size_t length = strcspn(line, "\n");
        const bool tells = tells_error(line, length);
        if (tells) {
            begin = before != NULL ? before : line;
            end = line + length;
        }
        before = tells ? line : NULL;
        line += length + (line[length] == '\n');
    }
    return strndup(begin, (size_t)(end - begin));
}

char *sweep_error_line(const char *text)
{
    char *last = last_error_of(text), *shown = last != NULL ? text_one_line(last) : NULL;
    free(last);
    if (shown == NULL)
        return NULL;
    fold_numbers(shown);
    size_t length = strnlen(shown, LINE_MAX_SHOWN);
    while (length > 0 && ((unsigned char)shown[length] & 0xc0) == 0x80)
        length--; // no half a character
    shown[length] = '\0';
    return shown;
}

static bool is_timed_out(const json_t *report)
{
    return json_is_true(json_object_get(report, "timed_out"));
}

static bool ended_well(const json_t *report)
{
    const json_t *status = json_object_get(report, "status");
    return !is_timed_out(report) && json_is_integer(status) && json_integer_value(status) == 0;
}

static void write_end(FILE *file, const json_t *report)
{
    const json_t *signal = json_object_get(report, "signal");
    if (is_timed_out(report))
        fputs("did not end within --timeout", file);
    else if (signal != NULL)
        fprintf(file, "killed by signal %lld", (long long)json_integer_value(signal));
    else
        fprintf(file, "exit %lld", (long long)json_integer_value(json_object_get(report, "status")));
}

// Standard error first; what a test runner tells on its standard output counts where it has failed.
static char *error_of(const json_t *report, const char *output, const char *errors)
{
    char *line = sweep_error_line(errors);
    if (line == NULL || line[0] != '\0' || ended_well(report))
        return line;
    free(line);
    return sweep_error_line(output);
}

static void write_error(FILE *file, const char *line)
{
    if (line != NULL && line[0] != '\0')
        fprintf(file, ": %s", line);
}

char *sweep_calm_refusal(const json_t *report, const char *output, const char *errors)
{
    char *words = NULL;
    size_t size;
    FILE *file = ended_well(report) ? NULL : open_memstream(&words, &size);
    if (file == NULL)
        return NULL;
    char *line = error_of(report, output, errors);
    write_end(file, report);
    write_error(file, line);
    free(line);
    fclose(file);
    return words;
}

// How much longer it took than undisturbed, or than that waited for one answer: a program that gives up early
// has hung all the same.
static int64_t program_delay(const json_t *report, const struct sweep_calm *calm)
{
    const struct sweep_calm now = sweep_calm_of(report);
    const int64_t longer_us = now.took_us - calm->took_us, hung_us = now.hang_us - calm->hang_us;
    return longer_us > hung_us ? longer_us : hung_us;
}

static enum impact impact_of_program(const json_t *report, int64_t delay_us)
{
    if (is_timed_out(report) || delay_us >= IMPACT_STUCK_US)
        return IMPACT_STUCK;
    if (!ended_well(report))
        return IMPACT_ERRORS;
    return delay_us >= IMPACT_DELAY_US ? IMPACT_DELAYED : IMPACT_CLEAN;
}

static const char *lateness(int64_t delay_us)
{
    if (delay_us >= IMPACT_STUCK_US)
        return ", a minute late or more";
    return delay_us >= IMPACT_DELAY_US ? ", 5 s late or more" : "";
}

static void write_outcome(FILE *file, const json_t *report, const struct sweep_calm *calm, const char *line)
{
    const int64_t delay_us = program_delay(report, calm);
    fprintf(file, "%s: ", impact_name(impact_of_program(report, delay_us)));
    write_end(file, report);
    if (!is_timed_out(report))
        fputs(lateness(delay_us), file);
    write_error(file, line);
}

char *sweep_program_words(
    const json_t *report, const struct sweep_calm *calm, const char *output, const char *errors)
{
    char *words = NULL;
    size_t size;
    FILE *file = open_memstream(&words, &size);
    if (file == NULL)
        return NULL;
    const char *failure = json_string_value(json_object_get(report, "failure"));
    char *line = error_of(report, output, errors);
    if (failure != NULL)
        fprintf(file, "proves nothing: %s", failure);
    else
        write_outcome(file, report, calm, line);
    free(line);
    if (fclose(file) == 0)
        return words;
    free(words);
    return NULL;
}
