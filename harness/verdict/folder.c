// The verdict on a stored cell: reads its folder and judges what is there.
#include "verdict/internal.h"

#include "trace/event.h"
#include "trace/times.h"

#include <linux/limits.h>
#include <stdio.h>
#include <string.h>

struct folder {
    char events[PATH_MAX], capture[PATH_MAX], log[PATH_MAX];
};

static bool path_in(char path[static PATH_MAX], const char *folder, const char *name)
{
    return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
}

static bool folder_paths(struct folder *paths, const char *folder)
{
    return path_in(paths->events, folder, "events.jsonl") &&
           path_in(paths->capture, folder, "capture.pcap") && path_in(paths->log, folder, "postgres.log");
}

static struct verdict *judge_files(const struct cell *cell, const struct folder *paths, const json_t *events)
{
    struct wire_counts wire;
    struct server_counts server;
    struct error no_capture, no_log;
    const struct trace_times times = trace_times_of(events);
    struct evidence evidence = {
        .events = events,
        .wire = trace_wire_count(paths->capture, trace_times_over_ns(&times), &wire, &no_capture) ? &wire
                                                                                                  : NULL,
        .server = server_log_count(paths->log, &server, &no_log) ? &server : NULL,
        .wire_missing = no_capture.text,
        .server_missing = no_log.text,
    };
    struct verdict *verdict = judge_evidence(cell, &evidence);
    if (evidence.wire)
        wire_counts_clear(&wire);
    return verdict;
}

static struct verdict *judge_cell(const struct cell *cell, const struct folder *paths)
{
    struct error error;
    if (cell->missing)
        return verdict_without_trace(OUTCOME_SKIP, cell->missing);
    json_t *events = trace_event_read(paths->events, &error);
    if (!events)
        return verdict_without_trace(OUTCOME_ERROR, error.text);
    struct verdict *verdict = judge_files(cell, paths, events);
    json_decref(events);
    return verdict;
}

struct verdict *verdict_of_folder(const char *folder)
{
    struct folder paths;
    struct error error;
    if (!folder_paths(&paths, folder))
        return verdict_without_trace(OUTCOME_ERROR, "the path of the cell's folder is too long");
    struct cell *cell = cell_read(folder, &error);
    if (!cell)
        return verdict_without_trace(OUTCOME_ERROR, error.text);
    struct verdict *verdict = judge_cell(cell, &paths);
    cell_free(cell);
    return verdict;
}
