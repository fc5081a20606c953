// Tells a story on a terminal.
#include "report/why.h"

#include "base/duration.h"
#include "base/terminal.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define OPERATIONS_TOLD 20
#define PACKETS_TOLD    40
#define LINES_TOLD      40
#define AROUND_US       (1 * US_PER_S) // what the server says within that time belongs to the moment

static double seconds(int64_t us)
{
    return (double)us / US_PER_S;
}

// What a subject or a server wrote.
static void print_words(FILE *file, const char *indent, const char *words)
{
    char *line = text_one_line(words);
    const int column = (int)strlen(indent);
    fputs(indent, file);
    terminal_print(file, line != NULL ? line : "out of memory", column, column, terminal_width(file));
    free(line);
}

static int64_t end_of_operation(const struct story *story, const struct story_operation *operation)
{
    return operation->answered_us != ARROW_NEVER ? operation->answered_us : story->end_us;
}

static void print_operation(FILE *file, const struct story *story, const struct story_operation *operation)
{
    size_t i;
    json_t *line, *words = story_words(story, operation);
    fprintf(file, "\n%s %" PRId64 "\n", operation->name, operation->id);
    json_array_foreach(words, i, line)
    {
        print_words(file, "  ", json_string_value(line));
    }
    json_decref(words);
}

static void print_why_fault(FILE *file, const struct story_fault *fault)
{
    fprintf(file, "fault: t=%.3f s  %s %s", seconds(fault->applied_us), fault->kind,
        fault->argument != NULL ? fault->argument : "");
    if (fault->reverted_us != ARROW_NEVER)
        fprintf(file, ", until t=%.3f s: %" PRId64 " hit%s", seconds(fault->reverted_us), fault->hits,
            fault->hits == 1 ? "" : "s");
    fputc('\n', file);
}

static void print_why_head(FILE *file, const struct story *story)
{
    const struct cell *cell = story->cell;
    fprintf(file, "%s with %s, seed %" PRIu64 "\n", cell->scenario->name, cell->subject, cell->seed);
    print_words(file, "", cell->scenario->claim);
    for (size_t i = 0; i < story->faults_count; i++)
        print_why_fault(file, &story->faults[i]);
    if (*story->missing != '\0')
        print_words(file, "not told: ", story->missing);
}

static void print_all(FILE *file, const struct story *story)
{
    size_t notable = 0;
    for (size_t i = 0; i < story->operations_count; i++) {
        if (!story_operation_is_notable(&story->operations[i]))
            continue;
        if (notable++ < OPERATIONS_TOLD)
            print_operation(file, story, &story->operations[i]);
    }
    if (notable > OPERATIONS_TOLD)
        fprintf(file, "\nand %zu more (--op N tells one of them)\n", notable - OPERATIONS_TOLD);
    fprintf(file, "\n%zu of %zu operations were answered at once with ok.\n",
        story->operations_count - notable, story->operations_count);
}

static void print_story_arrow(FILE *file, const struct story *story, const struct trace_arrow *arrow)
{
    const char *from = arrow->to_db ? "app" : "db", *to = arrow->to_db ? "db" : "app";
    const char *says = said_by(&story->said, arrow);
    fprintf(file, "  t=%.6f s  port %u  %s -> %s  %s", seconds(trace_arrow_at_us(arrow)), arrow->app_port,
        arrow->entered_us == ARROW_NEVER ? "the path" : from,
        trace_arrow_is_swallowed(arrow) ? "swallowed on the path" : to, arrow_kind_names[arrow->kind]);
    if (arrow->length > 0)
        fprintf(file, " %u bytes", arrow->length);
    fprintf(file, "%s%s", arrow->again ? ", again" : "", arrow->damaged ? ", damaged" : "");
    print_words(file, says != NULL ? ": " : "", says != NULL ? says : "");
}

static void print_packets(FILE *file, const struct story *story, int64_t from_us, int64_t until_us)
{
    size_t told = 0, all = 0;
    fputs("\npackets\n", file);
    for (size_t i = 0; i < story->arrows.count; i++) {
        int64_t at_us = trace_arrow_at_us(&story->arrows.items[i]);
        if (at_us < from_us || at_us > until_us || (all++, told == PACKETS_TOLD))
            continue;
        told++;
        print_story_arrow(file, story, &story->arrows.items[i]);
    }
    if (all == 0)
        fprintf(file, "  none from t=%.3f s to t=%.3f s\n", seconds(from_us), seconds(until_us));
    if (all > told)
        fprintf(file, "  and %zu more (--at TIME tells of a moment)\n", all - told);
}

static void print_lines(FILE *file, const struct story *story, int64_t from_us, int64_t until_us)
{
    size_t told = 0, all = 0;
    for (size_t i = 0; i < story->lines.count; i++) {
        const struct server_line *line = &story->lines.items[i];
        if (line->at_us < from_us || line->at_us > until_us || (all++, told == LINES_TOLD))
            continue;
        if (told++ == 0)
            fputs("\nthe server's log\n", file);
        fprintf(file, "  t=%.3f s  [%ld] %s: %s\n", seconds(line->at_us), line->pid, line->level, line->text);
    }
    if (all > told)
        fprintf(file, "  and %zu more\n", all - told);
}

static bool print_one(FILE *file, const struct story *story, int64_t id, struct error *error)
{
    for (size_t i = 0; i < story->operations_count; i++) {
        const struct story_operation *operation = &story->operations[i];
        if (operation->id != id)
            continue;
        int64_t until_us = end_of_operation(story, operation);
        print_operation(file, story, operation);
        print_packets(file, story, operation->sent_us, until_us);
        print_lines(file, story, operation->sent_us, until_us + US_PER_MS);
        return true;
    }
    return error_set(error, ERROR_INPUT,
        "why: --op %" PRId64 ": there is no such operation; expected 1 to %zu", id, story->operations_count);
}

static void print_moment(FILE *file, const struct story *story, int64_t at_us)
{
    size_t under_way = 0;
    for (size_t i = 0; i < story->operations_count; i++) {
        const struct story_operation *operation = &story->operations[i];
        if (operation->sent_us > at_us + US_PER_MS || end_of_operation(story, operation) < at_us)
            continue;
        if (under_way++ < OPERATIONS_TOLD)
            print_operation(file, story, operation);
    }
    if (under_way == 0)
        fprintf(file, "\nNo operation was under way at t=%.3f s.\n", seconds(at_us));
    print_packets(file, story, at_us - AROUND_US, at_us + AROUND_US);
    print_lines(file, story, at_us - AROUND_US, at_us + AROUND_US);
}

bool why_print(
    FILE *file, const struct story *story, const struct why_question *question, struct error *error)
{
    print_why_head(file, story);
    if (question->operation != 0)
        return print_one(file, story, question->operation, error);
    if (question->at_us != ARROW_NEVER)
        print_moment(file, story, question->at_us);
    else
        print_all(file, story);
    return true;
}
