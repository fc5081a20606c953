// Sorts the moments at which packets enter the router and leave it.
#include "sweep/point.h"

#include "base/duration.h"
#include "base/json_number.h"
#include "plan/plan.h"
#include "trace/event.h"
#include "trace/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENT_MAX 40
#define LATE_US       10 // until the server that a packet has reached says so

struct moment {
    int64_t at_us;
    size_t frame;  // of the capture
    size_t number; // of the packet
    bool leaves;
    const struct trace_arrow *arrow;
};

struct moments {
    struct moment *items;
    size_t count, packets;
};

static int by_time(const void *a, const void *b)
{
    const struct moment *first = a, *second = b;
    if (first->at_us != second->at_us)
        return first->at_us < second->at_us ? -1 : 1;
    if (first->frame != second->frame)
        return first->frame < second->frame ? -1 : 1;
    if (first->leaves != second->leaves)
        return first->leaves ? -1 : 1; // what arrives is the cause of what is sent
    return (first->number > second->number) - (first->number < second->number);
}

static void collect_moments(const struct trace_arrows *arrows, int64_t over_us, struct moments *moments)
{
    for (size_t i = 0; i < arrows->count; i++) {
        const struct trace_arrow *arrow = &arrows->items[i];
        const int64_t times[] = {arrow->entered_us, arrow->left_us};
        const size_t frames[] = {arrow->entered_frame, arrow->left_frame};
        if (trace_arrow_at_us(arrow) < 0 || trace_arrow_at_us(arrow) >= over_us)
            continue;
        moments->packets++;
        for (size_t leaves = 0; leaves < 2; leaves++)
            if (times[leaves] != ARROW_NEVER && times[leaves] < over_us)
                moments->items[moments->count++] = (struct moment){.at_us = times[leaves],
                    .frame = frames[leaves],
                    .number = moments->packets,
                    .leaves = leaves == 1,
                    .arrow = arrow};
    }
    qsort(moments->items, moments->count, sizeof(*moments->items), by_time);
}

// The last statement that the server had from the application's port by then; its log knows milliseconds.
// NULL: none.
static const char *statement_by(const struct server_lines *lines, uint16_t port, int64_t at_us)
{
    const char *found = NULL;
    for (size_t i = 0; i < lines->count && lines->items[i].at_us <= at_us; i++) {
        const char *statement = lines->items[i].app_port == port ? server_line_statement(&lines->items[i])
                                                                 : NULL;
        if (statement != NULL)
            found = statement;
    }
    return found;
}

// Whether the server heard of a statement as the packet reached it. Its log has the millisecond of its own
// clock, which need not begin with one of the scenario's.
static bool brought_statement(const struct server_lines *lines, const struct trace_arrow *arrow)
{
    for (size_t i = 0; i < lines->count; i++)
        if (lines->items[i].app_port == arrow->app_port &&
            lines->items[i].at_us > arrow->left_us - US_PER_MS &&
            lines->items[i].at_us <= arrow->left_us + LATE_US &&
            server_line_statement(&lines->items[i]) != NULL)
            return true;
    return false;
}

static void say_content(
    const struct trace_arrow *arrow, const struct server_lines *lines, char *words, size_t size)
{
    const bool known = arrow->kind == ARROW_DATA && (!arrow->to_db || arrow->left_us != ARROW_NEVER);
    const char *statement = NULL;
    if (known && (!arrow->to_db || brought_statement(lines, arrow)))
        statement = statement_by(
            lines, arrow->app_port, arrow->to_db ? arrow->left_us + LATE_US : arrow->entered_us);
    if (statement == NULL)
        snprintf(words, size, "%s", arrow_kind_names[arrow->kind]);
    else
        snprintf(words, size, "%s%.*s", arrow->to_db ? "" : "answer to ", STATEMENT_MAX, statement);
}

static void add_words(
    struct sweep_point *point, const struct moment *moment, const struct server_lines *lines)
{
    char content[STATEMENT_MAX + 16], words[SWEEP_WORDS_SIZE];
    size_t used = strlen(point->words);
    say_content(moment->arrow, lines, content, sizeof(content));
    int length = snprintf(words, sizeof(words), "%spacket %zu %s to %s (%s)", used > 0 ? ", " : "after ",
        moment->number, moment->leaves ? "left" : "entered", moment->arrow->to_db ? "db" : "app", content);
    if (length > 0 && used + (size_t)length < sizeof(point->words))
        memcpy(point->words + used, words, (size_t)length + 1);
}

// The first stop by which a moment had been heard of; stops->count: none was.
static size_t stop_after(const struct sweep_stops *stops, const struct moment *moment, size_t from)
{
    while (from < stops->count && stops->items[from].frames < moment->frame)
        from++;
    return from;
}

// The moment after everything that has been heard of at a stop; without stops, just after `moment`.
static struct sweep_point point_after(
    const struct sweep_stops *stops, size_t stop, const struct moment *moment)
{
    if (stops->count == 0)
        return (struct sweep_point){.at_us = moment->at_us + 1};
    return (struct sweep_point){.at_us = stops->items[stop].at_us, .stop = STOP_AT_ZERO + 1 + (int64_t)stop};
}

static void cut_points(const struct moments *moments, const struct server_lines *lines,
    const struct sweep_stops *stops, struct sweep_points *points)
{
    const bool stopped = stops->count > 0;
    size_t stop = 0;
    points->items[points->count++] = (struct sweep_point){
        .at_us = moments->items[0].at_us > 0 ? moments->items[0].at_us - 1 : 0,
        .stop = stopped ? STOP_AT_ZERO : 0,
        .words = "before the first packet"};
    for (size_t i = 0; i < moments->count; i++) {
        const struct moment *moment = &moments->items[i];
        const size_t earlier = stop;
        stop = stop_after(stops, moment, stop);
        if (stopped && stop == stops->count)
            break; // the lab is about to end
        const bool same = i > 0 && (stopped ? stop == earlier : moment->at_us == moments->items[i - 1].at_us);
        if (!same)
            points->items[points->count++] = point_after(stops, stop, moment);
        add_words(&points->items[points->count - 1], moment, lines);
    }
    for (size_t i = 0; i < points->count; i++)
        points->items[i].number = i;
    points->packets = moments->packets;
}

bool sweep_points_of(const struct trace_arrows *arrows, const struct server_lines *lines,
    const struct sweep_stops *stops, int64_t over_us, struct sweep_points *points, struct error *error)
{
    struct moments moments = {.items = calloc(2 * arrows->count + 1, sizeof(*moments.items))};
    *points = (struct sweep_points){.items = calloc(2 * arrows->count + 2, sizeof(*points->items))};
    bool made = moments.items != NULL && points->items != NULL;
    if (!made)
        error_set(error, ERROR_LAB, "out of memory");
    else
        collect_moments(arrows, over_us, &moments);
    if (made && moments.count == 0)
        made = error_set(error, ERROR_INPUT, "the workload sends no packet, so there is nothing to sweep");
    if (made)
        cut_points(&moments, lines, stops, points);
    else
        sweep_points_free(points);
    free(moments.items);
    return made;
}

static bool read_stops(const json_t *events, struct sweep_stops *stops, struct error *error)
{
    size_t index;
    json_t *event;
    *stops = (struct sweep_stops){.items = calloc(json_array_size(events) + 1, sizeof(*stops->items))};
    if (stops->items == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    json_array_foreach(events, index, event)
    {
        const char *name = json_string_value(json_object_get(event, "event"));
        int64_t frames;
        if (name == NULL || strcmp(name, "stop") != 0)
            continue;
        if (!json_number_count(json_object_get(event, "frames"), &frames))
            return error_set(error, ERROR_LAB, "a stop without its frames");
        stops->items[stops->count++] = (struct sweep_stop){
            .at_us = json_number_time_or(json_object_get(event, "at_us"), INT64_MAX),
            .frames = (size_t)frames};
    }
    return true;
}

static bool read_points(const struct folder *folder, const struct trace_times *times,
    const struct sweep_stops *stops, struct sweep_points *points, struct error *error)
{
    struct atlas_packets packets;
    struct trace_arrows arrows;
    struct server_lines lines;
    if (!atlas_packets_read_in(folder, times->zero_us, &packets, error))
        return false;
    bool read = trace_arrows_of(&packets, &arrows, error);
    atlas_packets_free(&packets);
    if (!read)
        return false;
    read = server_lines_read_in(folder, times->zero_us, &lines, error);
    if (read) {
        read = sweep_points_of(&arrows, &lines, stops, times->over_us, points, error);
        server_lines_free(&lines);
    }
    trace_arrows_free(&arrows);
    return read;
}

bool sweep_points_read_in(const struct folder *folder, struct sweep_points *points, struct error *error)
{
    struct sweep_stops stops;
    json_t *events = trace_event_read_in(folder, error);
    if (events == NULL)
        return false;
    const struct trace_times times = trace_times_of(events);
    bool read = read_stops(events, &stops, error);
    json_decref(events);
    if (read && times.zero_us < 0)
        read = error_set(error, ERROR_LAB, "%s: the scenario never began", folder->path);
    read = read && read_points(folder, &times, &stops, points, error);
    free(stops.items);
    return read;
}

void sweep_points_keep_after(struct sweep_points *points, const struct sweep_point *point)
{
    size_t kept = 0;
    for (size_t i = 0; i < points->count; i++)
        if (points->items[i].stop > point->stop && points->items[i].at_us > point->at_us)
            points->items[kept++] = points->items[i];
    points->count = kept;
}

bool sweep_points_agree_before(const struct sweep_points *a, const struct sweep_points *b, size_t point)
{
    bool agree = a->count >= point && b->count >= point;
    for (size_t i = 0; agree && i < point; i++)
        agree = a->items[i].at_us == b->items[i].at_us && strcmp(a->items[i].words, b->items[i].words) == 0;
    return agree;
}

void sweep_points_free(struct sweep_points *points)
{
    free(points->items);
    *points = (struct sweep_points){0};
}
