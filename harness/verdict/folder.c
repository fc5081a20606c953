// The verdict on a stored cell: reads its folder and judges what is there.
#include "verdict/internal.h"

#include "contract/cell_files.h"
#include "trace/event.h"
#include "trace/times.h"

#include <stdlib.h>
#include <string.h>

static struct verdict *judge_files(const struct cell *cell, const struct folder *folder, const json_t *events)
{
    struct wire_counts wire;
    struct server_counts server;
    struct error no_capture, no_log;
    const struct trace_times times = trace_times_of(events);
    const struct wire_question question = {.until_ns = trace_times_over_ns(&times),
        .quiet_ns = cell->scenario->network.flow_table.idle_us * 1000};
    struct evidence evidence = {
        .events = events,
        .wire = trace_wire_count_in(folder, question, &wire, &no_capture) ? &wire : NULL,
        .server = server_log_count_in(folder, &server, &no_log) ? &server : NULL,
        .wire_missing = no_capture.text,
        .server_missing = no_log.text,
    };
    struct verdict *verdict = judge_evidence(cell, &evidence);
    if (evidence.wire)
        wire_counts_clear(&wire);
    return verdict;
}

static bool tells_an_error(const char *line)
{
    return strcasestr(line, "error") != NULL || strcasestr(line, "exception") != NULL;
}

// Of what the adapter wrote, the line that says most: the last that names an error, else the last. NULL:
// none.
static char *telling_line(const struct folder *folder)
{
    struct folder_file file;
    struct error unread = {0};
    char *line = NULL, *telling = NULL;
    size_t room = 0;
    bool names_error = false;
    if (!folder_open_file(folder, CELL_SUBJECT_LOG_FILE, &file, ERROR_LAB, &unread))
        return NULL;
    while (getline(&line, &room, file.stream) > 0) {
        bool names = tells_an_error(line);
        if (line[strspn(line, " \t\r\n")] == '\0' || (names_error && !names))
            continue;
        names_error = names;
        free(telling);
        telling = strdup(line);
    }
    free(line);
    folder_close_file(&file);
    return telling;
}

// Whoever asks why a cell could not be run is answered at once, and not sent to a file.
static struct verdict *add_last_words(struct verdict *verdict, const struct folder *folder)
{
    char *words = verdict != NULL && verdict->outcome == OUTCOME_ERROR ? telling_line(folder) : NULL, *reason;
    if (words == NULL)
        return verdict;
    bool added = asprintf(&reason, CELL_SUBJECT_LOG_FILE ": %s", words) >= 0;
    if (added) {
        added = verdict_add_reason(verdict, reason);
        free(reason);
    }
    free(words);
    if (added)
        return verdict;
    verdict_free(verdict);
    return NULL;
}

static struct verdict *judge_cell(const struct cell *cell, const struct folder *folder)
{
    struct error error = {0};
    if (cell->missing)
        return verdict_without_trace(OUTCOME_SKIP, cell->missing);
    json_t *events = trace_event_read_in(folder, &error);
    if (!events)
        return verdict_without_trace(OUTCOME_ERROR, error.text);
    struct verdict *verdict = add_last_words(judge_files(cell, folder, events), folder);
    json_decref(events);
    return verdict;
}

struct verdict *verdict_of_folder(const struct folder *folder)
{
    struct error error = {0};
    struct cell *cell = cell_read(folder, &error);
    if (!cell)
        return verdict_without_trace(OUTCOME_ERROR, error.text);
    struct verdict *verdict = judge_cell(cell, folder);
    cell_free(cell);
    return verdict;
}

struct verdict *verdict_of_folder_in(const struct folder *run, const char *name)
{
    struct folder folder;
    struct error error = {0};
    if (!folder_enter(run, name, &folder, ERROR_LAB, &error))
        return verdict_without_trace(OUTCOME_ERROR, error.text);
    struct verdict *verdict = verdict_of_folder(&folder);
    folder_close(&folder);
    return verdict;
}
