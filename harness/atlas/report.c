// atlas.md: the clients, the causes, the events; and a file for each client, with a table for each event.
// Phases in which it says the same for the same reason share a line.
#include "atlas/atlas.h"

#include "atlas/event.h"
#include "base/atomic_file.h"
#include "base/directory.h"
#include "base/invocation.h"
#include "base/path.h"
#include "base/text.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static bool same_atlas_row(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

// What a line says: all but where and when.
static bool same_line(const struct atlas_row *a, const struct atlas_row *b)
{
    return same_atlas_row(a->event, b->event) && same_atlas_row(a->client, b->client) && a->tls == b->tls &&
           a->outcome == b->outcome && a->cause == b->cause && same_atlas_row(a->text, b->text) &&
           same_atlas_row(a->kind, b->kind) && same_atlas_row(a->sqlstate, b->sqlstate) &&
           same_atlas_row(a->state, b->state) && same_atlas_row(a->note, b->note);
}

// In a table's cell: one line, no bars.
static void print_atlas_cell(FILE *file, const char *text)
{
    char *line = text_one_line(text);
    for (const char *at = line; at != NULL && *at != '\0'; at++) {
        if (*at == '|')
            fputc('\\', file);
        fputc(*at, file);
    }
    free(line);
}

// libpq has no classes of errors: its probe names the step that failed instead.
static bool is_step(const char *kind)
{
    return kind != NULL && strchr(kind, '.') == NULL && kind[0] >= 'a' && kind[0] <= 'z';
}

static void print_error(FILE *file, const struct atlas_row *row)
{
    const char *kind = row->kind != NULL && !is_step(row->kind) ? row->kind : "";
    const char *text = row->text != NULL ? row->text : "";
    fprintf(file, "`%s%s", kind, kind[0] != '\0' && text[0] != '\0' ? ": " : "");
    print_atlas_cell(file, text);
    fputc('`', file);
    if (is_step(row->kind))
        fprintf(file, " (%s)", row->kind);
}

static void print_says(FILE *file, const struct atlas_row *row)
{
    switch (row->outcome) {
    case ATLAS_OK: fputs("ok", file); break;
    case ATLAS_HUNG: fputs("*nothing, as long as anybody waited*", file); break;
    case ATLAS_ABSENT: fputs("*hole*", file); break;
    case ATLAS_ERROR:
    case ATLAS_OUTCOMES: print_error(file, row); break;
    }
    if (row->sqlstate != NULL)
        fprintf(file, " SQLSTATE %s", row->sqlstate);
    if (row->outcome == ATLAS_ABSENT && row->note != NULL) {
        fputs(" ", file);
        print_atlas_cell(file, row->note);
    }
}

static bool is_first(const struct atlas *atlas, size_t at)
{
    for (size_t i = at; i-- > 0 && same_atlas_row(atlas->rows[i].event, atlas->rows[at].event);)
        if (same_line(&atlas->rows[i], &atlas->rows[at]))
            return false;
    return true;
}

static void print_phases(FILE *file, const struct atlas *atlas, size_t first)
{
    const char *comma = "";
    for (size_t i = first; i < atlas->rows_count; i++) {
        const struct atlas_row *row = &atlas->rows[i];
        if (!same_line(row, &atlas->rows[first]))
            continue;
        fprintf(file, "%s%s", comma, atlas_phase_name(row->phase));
        if (row->outcome == ATLAS_OK || row->outcome == ATLAS_ERROR) {
            char time[ATLAS_TIME_SIZE];
            fprintf(file, " %s", atlas_time(row->after_us, time));
        }
        comma = ", ";
    }
}

static void print_line(FILE *file, const struct atlas *atlas, size_t first)
{
    const struct atlas_row *row = &atlas->rows[first];
    char *words = row->outcome == ATLAS_ABSENT ? NULL : atlas_evidence_words(&row->evidence);
    fprintf(file, "| %s | ", row->tls ? "TLS" : "plain");
    print_phases(file, atlas, first);
    fputs(" | ", file);
    print_says(file, row);
    fprintf(file, " | %s | %s | %s |\n", row->state != NULL ? row->state : "",
        row->outcome == ATLAS_ABSENT ? "" : atlas_causes[row->cause].name,
        words != NULL && row->outcome != ATLAS_OK ? words : "");
    free(words);
}

struct client_page {
    const struct atlas *atlas;
    const struct atlas_client *client;
};

static bool is_of_client(const struct client_page *page, size_t row)
{
    return same_atlas_row(page->atlas->rows[row].client, page->client->name);
}

static void print_client_event(FILE *file, const struct client_page *page, size_t first)
{
    const struct atlas *atlas = page->atlas;
    const struct atlas_event *event = atlas_event_by_name(atlas->rows[first].event);
    fprintf(file, "\n## %s\n\n", atlas->rows[first].event);
    if (event != NULL)
        fprintf(file, "%s\n\n", event->summary);
    fputs(
        "| | phase, and when the client spoke after the event | says | its state | cause | packets (of the first phase) |\n"
        "|---|---|---|---|---|---|\n",
        file);
    for (size_t i = first;
        i < atlas->rows_count && same_atlas_row(atlas->rows[i].event, atlas->rows[first].event); i++)
        if (is_of_client(page, i) && is_first(atlas, i))
            print_line(file, atlas, i);
}

static void print_client_page(FILE *file, const void *context)
{
    const struct client_page *page = context;
    const struct atlas *atlas = page->atlas;
    const char *event = NULL;
    fprintf(file,
        "# What %s says\n\n%s %s, %s. The phases, causes and events are explained in [atlas.md](../atlas.md).\n",
        page->client->name, page->client->name, page->client->version, page->client->driver);
    for (size_t i = 0; i < atlas->rows_count; i++)
        if (is_of_client(page, i) && !same_atlas_row(event, atlas->rows[i].event)) {
            event = atlas->rows[i].event;
            print_client_event(file, page, i);
        }
}

static void print_causes(FILE *file, const struct atlas *atlas)
{
    fputs("\n## Causes\n\nHow the client came to know, as the packets show it.\n\n"
          "| cause | rows | what happened on the wire | who noticed | what would have shown it earlier |\n"
          "|---|---|---|---|---|\n",
        file);
    for (int cause = 0; cause < CAUSES; cause++) {
        size_t rows = 0;
        for (size_t i = 0; i < atlas->rows_count; i++)
            rows += atlas->rows[i].outcome != ATLAS_ABSENT && atlas->rows[i].cause == (enum atlas_cause)cause;
        const struct atlas_cause_words *words = &atlas_causes[cause];
        fprintf(file, "| **%s** %s | %zu | %s | %s | %s |\n", words->name, words->title, rows, words->wire,
            words->noticed, words->earlier);
    }
}

static size_t count_events(const struct atlas *atlas)
{
    size_t events = 0;
    for (size_t i = 0; i < atlas->rows_count; i++)
        events += i == 0 || !same_atlas_row(atlas->rows[i].event, atlas->rows[i - 1].event);
    return events;
}

static void print_head(FILE *file, const struct atlas *atlas)
{
    size_t counts[ATLAS_OUTCOMES] = {0};
    for (size_t i = 0; i < atlas->rows_count; i++)
        counts[atlas->rows[i].outcome]++;
    fprintf(file,
        "# Which hang-up says what\n\n"
        "%zu events, %d phases, with TLS and without, %zu clients: %zu rows, of which %zu tell an error, %zu "
        "are ok, %zu hang, and %zu are holes that say why.\n\n"
        "Made by `%s atlas --seed %" PRIu64
        "` in the %s lab (%s). `%s diagnose TEXT` searches it. The same rows, with all that the packets say, stand in atlas.json.\n\n"
        "| client | version | driver |\n"
        "|---|---|---|\n",
        count_events(atlas), ATLAS_PHASES, atlas->clients_count, atlas->rows_count, counts[ATLAS_ERROR],
        counts[ATLAS_OK], counts[ATLAS_HUNG], counts[ATLAS_ABSENT], invocation_anywhere(), atlas->seed,
        atlas->lab != NULL ? atlas->lab : "?", atlas->kernel != NULL ? atlas->kernel : "?",
        invocation_anywhere());
    for (size_t i = 0; i < atlas->clients_count; i++)
        fprintf(file, "| [%s](atlas/%s.md) | %s | %s |\n", atlas->clients[i].name, atlas->clients[i].name,
            atlas->clients[i].version, atlas->clients[i].driver);
    fputs("\n| phase | the connection when the event comes |\n|---|---|\n", file);
    for (int phase = 0; phase < ATLAS_PHASES; phase++)
        fprintf(file, "| %s | %s |\n", atlas_phase_name((enum atlas_phase)phase),
            atlas_phase_words((enum atlas_phase)phase));
}

static void print_event_table(FILE *file, const struct atlas *atlas)
{
    fputs("\n## Events\n\n| event | what happens | as a scenario has it |\n|---|---|---|\n", file);
    for (size_t i = 0; i < atlas->rows_count; i++) {
        const char *name = atlas->rows[i].event;
        const struct atlas_event *event = atlas_event_by_name(name);
        if (event == NULL || (i > 0 && same_atlas_row(name, atlas->rows[i - 1].event)))
            continue;
        fprintf(file, "| %s | %s | `", name, event->summary);
        if (event->network != NULL)
            fprintf(file, "network: {%s}%s", event->network, event->faults[0] != '\0' ? ", " : "");
        print_atlas_cell(file, event->faults + strspn(event->faults, " -"));
        fputs("` |\n", file);
    }
}

static void print_atlas(FILE *file, const void *context)
{
    const struct atlas *atlas = context;
    print_head(file, atlas);
    print_causes(file, atlas);
    print_event_table(file, atlas);
}

bool atlas_report_write(const struct atlas *atlas, const char *folder, struct error *error)
{
    char path[PATH_MAX];
    if (!whole_file_print(path_format(path, "%s/atlas.md", folder), print_atlas, atlas, error) ||
        !folder_make(path_format(path, "%s/atlas", folder), ERROR_LAB, error))
        return false;
    for (size_t i = 0; i < atlas->clients_count; i++) {
        const struct client_page page = {atlas, &atlas->clients[i]};
        path_format(path, "%s/atlas/%s.md", folder, page.client->name);
        if (!whole_file_print(path, print_client_page, &page, error))
            return false;
    }
    return true;
}
