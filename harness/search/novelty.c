#include "search/novelty.h"

#include "base/array.h"
#include "base/duration.h"
#include "trace/arrow.h"
#include "trace/event.h"
#include "trace/server_lines.h"
#include "trace/times.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX  240
#define STEP_MAX  48
#define LATE_US   10 // as in sweep/point.c
#define STEPS     3  // of an order: more would make each cell a new one
#define COUNT_MAX 8  // connections and pings are told apart up to so many

// Where it is, or would be.
static size_t place_of(const struct search_novelty *novelty, const char *word, bool *there)
{
    size_t low = 0, high = novelty->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(novelty->words[middle], word) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *there = low < novelty->count && strcmp(novelty->words[low], word) == 0;
    return low;
}

static bool take_word(struct search_novelty *novelty, const char *word, size_t *added)
{
    bool there;
    size_t place = place_of(novelty, word, &there);
    if (there)
        return true;
    char **grown = array_grow(novelty->words, novelty->count, sizeof(*grown)), *copy = strdup(word);
    if (grown != NULL)
        novelty->words = grown;
    if (grown == NULL || copy == NULL) {
        free(copy);
        return false;
    }
    memmove(&grown[place + 1], &grown[place], (novelty->count - place) * sizeof(*grown));
    grown[place] = copy;
    novelty->count++;
    (*added)++;
    return true;
}

// A process id, a port or a time makes no other text of it.
static void write_text(char word[static WORD_MAX], const char *prefix, const char *text)
{
    size_t length = (size_t)snprintf(word, WORD_MAX, "%s", prefix);
    for (; *text != '\0' && length + 1 < WORD_MAX; text++) {
        const bool digit = isdigit((unsigned char)*text);
        if (digit && length > 0 && word[length - 1] == '#')
            continue;
        word[length++] = digit ? '#' : *text;
    }
    word[length] = '\0';
}

static int64_t at_most(int64_t value)
{
    return value > COUNT_MAX ? COUNT_MAX : value;
}

static bool take_verdict(struct search_novelty *novelty, const struct verdict *verdict, size_t *added)
{
    char word[WORD_MAX];
    const int64_t *value = verdict->metrics.value;
    for (size_t i = 0; i < verdict->errors_count; i++) {
        write_text(word, "error: ", verdict->errors[i].text);
        if (!take_word(novelty, word, added))
            return false;
    }
    snprintf(word, sizeof(word),
        "pool: %s, connects %" PRId64 ", tries %" PRId64 ", pings %" PRId64 ", left behind %" PRId64
        ", hung %" PRId64,
        impact_name(verdict->impact), at_most(value[METRIC_CONNECTS]), at_most(value[METRIC_ATTEMPTS]),
        at_most(value[METRIC_PINGS]), at_most(value[METRIC_LEAKED_BACKENDS]), at_most(value[METRIC_HUNG]));
    return take_word(novelty, word, added);
}

static bool take_states(struct search_novelty *novelty, const json_t *events, size_t *added)
{
    char word[WORD_MAX];
    size_t i;
    json_t *event;
    json_array_foreach((json_t *)events, i, event)
    {
        const char *state = json_string_value(json_object_get(event, "state"));
        if (state == NULL)
            continue;
        write_text(word, "state: ", state);
        if (!take_word(novelty, word, added))
            return false;
    }
    return true;
}

// What the server heard in the millisecond in which the packet reached it: a statement's first word says
// enough.
static const char *statement_brought_by(const struct server_lines *lines, const struct trace_arrow *arrow)
{
    for (size_t i = 0; arrow->to_db && arrow->left_us != ARROW_NEVER && i < lines->count; i++)
        if (lines->items[i].app_port == arrow->app_port &&
            lines->items[i].at_us > arrow->left_us - US_PER_MS &&
            lines->items[i].at_us <= arrow->left_us + LATE_US &&
            server_line_statement(&lines->items[i]) != NULL)
            return server_line_statement(&lines->items[i]);
    return "";
}

static void write_step(
    char step[static STEP_MAX], const struct trace_arrow *arrow, const struct server_lines *lines)
{
    const char *statement = statement_brought_by(lines, arrow);
    snprintf(step, STEP_MAX, "%s%s%s%s %.*s", arrow_kind_names[arrow->kind], arrow->again ? " again" : "",
        trace_arrow_is_swallowed(arrow) ? " lost" : "", arrow->to_db ? " >" : " <",
        (int)strcspn(statement, " ;"), statement);
}

static bool take_order_of(struct search_novelty *novelty, const struct trace_arrows *arrows, uint16_t port,
    const struct server_lines *lines, size_t *added)
{
    char steps[STEPS][STEP_MAX] = {"", "", "start"}, word[WORD_MAX];
    for (size_t i = 0; i < arrows->count; i++) {
        const struct trace_arrow *arrow = &arrows->items[i];
        if (arrow->app_port != port || arrow->kind == ARROW_ACK)
            continue;
        memmove(steps[0], steps[1], (STEPS - 1) * sizeof(steps[0]));
        write_step(steps[STEPS - 1], arrow, lines);
        snprintf(word, sizeof(word), "order: %s, %s, %s", steps[0], steps[1], steps[2]);
        if (!take_word(novelty, word, added))
            return false;
    }
    return true;
}

static bool take_orders(struct search_novelty *novelty, const struct trace_arrows *arrows,
    const struct server_lines *lines, size_t *added)
{
    for (size_t i = 0; i < arrows->count; i++)
        if (arrows->items[i].kind == ARROW_SYN && !arrows->items[i].again &&
            !take_order_of(novelty, arrows, arrows->items[i].app_port, lines, added))
            return false;
    return true;
}

static bool take_path(
    struct search_novelty *novelty, const struct folder *folder, int64_t zero_us, size_t *added)
{
    struct atlas_packets packets;
    struct trace_arrows arrows;
    struct server_lines lines;
    struct error unreadable = {0};
    if (!atlas_packets_read_in(folder, zero_us, &packets, &unreadable))
        return true;
    bool read = trace_arrows_of(&packets, &arrows, &unreadable), taken = true;
    atlas_packets_free(&packets);
    if (!read)
        return false;
    if (server_lines_read_in(folder, zero_us, &lines, &unreadable)) {
        taken = take_orders(novelty, &arrows, &lines, added);
        server_lines_free(&lines);
    }
    trace_arrows_free(&arrows);
    return taken;
}

bool search_novelty_take(
    struct search_novelty *novelty, const struct folder *folder, const struct verdict *verdict, size_t *added)
{
    struct error unreadable = {0};
    *added = 0;
    json_t *events = trace_event_read_in(folder, &unreadable);
    if (events == NULL)
        return true;
    const int64_t zero_us = trace_times_of(events).zero_us;
    bool taken = take_verdict(novelty, verdict, added) && take_states(novelty, events, added) &&
                 (zero_us < 0 || take_path(novelty, folder, zero_us, added));
    json_decref(events);
    return taken;
}

void search_novelty_free(struct search_novelty *novelty)
{
    for (size_t i = 0; i < novelty->count; i++)
        free(novelty->words[i]);
    free(novelty->words);
    *novelty = (struct search_novelty){0};
}
