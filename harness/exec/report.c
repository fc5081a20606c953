// Reads the trace of a program once, event by event.
#include "exec/report.h"

#include "base/duration.h"
#include "base/json_number.h"
#include "base/sha256.h"
#include "base/text.h"
#include "contract/cell_files.h"
#include "exec/options.h"
#include "host/guest.h"
#include "trace/event.h"
#include "trace/hang.h"
#include "trace/server_log.h"
#include "trace/silence.h"
#include "trace/times.h"
#include "trace/wire.h"

#include <stdlib.h>
#include <string.h>

#define EXIT_STATUS_MAX 255
#define FILES_NAMED     20

struct reading {
    const struct cell *cell;
    json_t *report, *faults;
    int64_t zero_us, exited_us;
    const char *failure;
};

static json_t *fault_at(const struct reading *reading, const json_t *event)
{
    int64_t index;
    bool known = json_number_count(json_object_get(event, "fault"), &index);
    return known ? json_array_get(reading->faults, (size_t)index) : NULL;
}

// Out of an event, made fit for one line: a program in the lab may have had its say in it.
static void set_text(json_t *object, const char *member, const json_t *event, const char *from)
{
    const char *text = json_string_value(json_object_get(event, from));
    char *line = text_one_line(text != NULL ? text : "?");
    json_object_set_new(object, member, json_string(line != NULL ? line : ""));
    free(line);
}

// What is no number that can be right is left out.
static void set_count(json_t *object, const char *member, const json_t *event, const char *from, int64_t most)
{
    int64_t count;
    if (json_number_between(json_object_get(event, from), 0, most, &count))
        json_object_set_new(object, member, json_integer(count));
}

static json_t *describe_fault(json_t *text, int64_t at_us, bool lasts, bool requested)
{
    return json_pack("{s:f, s:n, s:o, s:b, s:b, s:n}", "at_s", (double)at_us / US_PER_S, "ended_s", "text",
        text, "lasts", lasts, "requested", requested, "hits");
}

// Those of the scenario are known before anything happens: one whose time did not come is missed.
static void list_faults_hit(struct reading *reading)
{
    for (size_t i = 0; i < reading->cell->scenario->faults_count; i++) {
        const struct fault_spec *spec = &reading->cell->scenario->faults[i];
        json_t *text = json_sprintf("%s %s", spec->kind->name, spec->argument);
        json_array_append_new(reading->faults, describe_fault(text, spec->at_us, fault_lasts(spec), false));
    }
}

static void take_request(const struct reading *reading, const json_t *event, int64_t at_us)
{
    bool lasts = json_is_true(json_object_get(event, "lasts"));
    json_t *fault = describe_fault(json_string(""), at_us, lasts, true);
    set_text(fault, "text", event, "text");
    json_array_append_new(reading->faults, fault);
}

// What stands until the program has ended is taken away then, and has no end of its own.
static void take_end_of_fault(const struct reading *reading, const json_t *event, int64_t at_us)
{
    json_t *fault = fault_at(reading, event);
    set_count(fault, "hits", event, "hits", JSON_COUNT_MAX);
    if (json_object_get(reading->report, "lab_s") == NULL && json_is_true(json_object_get(fault, "lasts")))
        json_object_set_new(fault, "ended_s", json_real((double)at_us / US_PER_S));
}

// Their names come from the program.
static void take_dropped_files(const struct reading *reading, const json_t *event)
{
    json_t *dropped = json_object(), *names = json_array(), *name;
    size_t i;
    set_count(dropped, "count", event, "count", JSON_COUNT_MAX);
    json_array_foreach(json_object_get(event, "files"), i, name)
    {
        char *line = i < FILES_NAMED && json_is_string(name) ? text_one_line(json_string_value(name)) : NULL;
        if (line != NULL)
            json_array_append_new(names, json_string(line));
        free(line);
    }
    json_object_set_new(dropped, "files", names);
    json_object_set_new(reading->report, "dropped", dropped);
}

static void take_event(struct reading *reading, const json_t *event)
{
    const char *name = json_string_value(json_object_get(event, "event"));
    int64_t at_us = json_number_time_or(json_object_get(event, "at_us"), 0);
    if (strcmp(name, "program-exited") == 0) {
        const char *how = json_object_get(event, "signal") != NULL ? "signal" : "status";
        reading->exited_us = at_us;
        set_count(reading->report, how, event, how, EXIT_STATUS_MAX);
        json_object_set_new(reading->report, "lab_s", json_real((double)at_us / US_PER_S));
    } else if (strcmp(name, "program-timeout") == 0) {
        json_object_set_new(reading->report, "timed_out", json_true());
    } else if (strcmp(name, "fault-requested") == 0) {
        take_request(reading, event, at_us);
    } else if (strcmp(name, "fault-reverted") == 0) {
        take_end_of_fault(reading, event, at_us);
    } else if (strcmp(name, "fault-failed") == 0) {
        set_text(fault_at(reading, event), "failure", event, "error");
    } else if (strcmp(name, "flow-table") == 0) {
        set_count(reading->report, "forgotten", event, "forgotten", JSON_COUNT_MAX);
    } else if (strcmp(name, "files-dropped") == 0) {
        take_dropped_files(reading, event);
    } else if (strcmp(name, "leaked-backends") == 0) {
        set_count(json_object_get(reading->report, "server"), "left_behind", event, "count", JSON_COUNT_MAX);
    } else if (strcmp(name, "failed") == 0) {
        set_text(reading->report, "failure", event, "error");
    }
}

static bool read_exec_events(struct reading *reading, const struct folder *folder, struct error *error)
{
    size_t i;
    json_t *event, *events = trace_event_read_in(folder, error);
    list_faults_hit(reading);
    reading->zero_us = trace_times_of(events).zero_us;
    json_array_foreach(events, i, event)
    {
        take_event(reading, event);
    }
    json_decref(events);
    return events != NULL;
}

static bool read_packets(const struct reading *reading, const struct folder *folder, struct error *error)
{
    struct wire_counts counts;
    struct atlas_packets packets = {0};
    int64_t until_ns = (reading->zero_us + reading->exited_us) * 1000;
    if (!atlas_packets_read_in(folder, reading->zero_us, &packets, error))
        return false;
    if (!trace_wire_count_in(folder, (struct wire_question){.until_ns = until_ns}, &counts, error)) {
        atlas_packets_free(&packets);
        return false;
    }
    json_object_set_new(reading->report, "wire",
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "connections",
            (json_int_t)exec_count_connections(&packets), "packets", (json_int_t)counts.packets, "rst_to_app",
            (json_int_t)counts.rst_to_app, "rst_to_db", (json_int_t)counts.rst_to_db, "fin_to_app",
            (json_int_t)counts.fin_to_app, "fin_to_db", (json_int_t)counts.fin_to_db, "swallowed",
            (json_int_t)counts.swallowed));
    json_object_set_new(reading->report, "silences", exec_find_silences(&packets, reading->exited_us));
    json_object_set_new(reading->report, "hangs", trace_find_hangs(&packets, reading->exited_us));
    wire_counts_clear(&counts);
    atlas_packets_free(&packets);
    return true;
}

static bool read_log(const struct reading *reading, const struct folder *folder, struct error *error)
{
    struct server_counts counts;
    if (!server_log_count_in(folder, &counts, error))
        return false;
    json_object_set_new(
        json_object_get(reading->report, "server"), "sessions", json_integer(counts.connects));
    return true;
}

static void add_digests(json_t *report, const struct folder *folder)
{
    char digest[DIGEST_TEXT_SIZE];
    digest_file_in(folder, CELL_EVENTS_FILE, digest);
    json_object_set_new(report, "events_sha256", json_string(digest));
    digest_file_in(folder, CELL_CAPTURE_FILE, digest);
    json_object_set_new(report, "pcap_sha256", json_string(digest));
    json_object_set_new(report, "dir", json_string(folder->path));
}

json_t *exec_report_make(
    const struct cell *cell, const struct folder *folder, double wall_s, struct error *error)
{
    struct reading reading = {.cell = cell,
        .report = json_pack("{s:s, s:s, s:I, s:s, s:b, s:f, s:[], s:{}}", "schema", "hangup-exec/1",
            "scenario", cell->scenario->name, "seed", (json_int_t)cell->seed, "lab", lab_kind_name(cell->lab),
            "timed_out", 0, "wall_s", wall_s, "faults", "server")};
    reading.faults = json_object_get(reading.report, "faults");
    char words[GUEST_WORDS_SIZE];
    if (!read_exec_events(&reading, folder, error)) {
        json_decref(reading.report);
        error_context(error, "the guest said last: '%s'", guest_last_words(folder->path, words));
        return NULL;
    }
    add_digests(reading.report, folder);
    bool ran = json_object_get(reading.report, "lab_s") != NULL;
    if (ran && (!read_packets(&reading, folder, error) || !read_log(&reading, folder, error)))
        json_object_set_new(reading.report, "failure", json_string(error->text));
    if (!ran && json_object_get(reading.report, "failure") == NULL)
        json_object_set_new(reading.report, "failure",
            json_sprintf("the guest ended before the program did%s%s",
                guest_last_words(folder->path, words)[0] != '\0' ? ": " : "", words));
    return reading.report;
}
