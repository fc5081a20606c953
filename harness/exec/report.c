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
#include "trace/server_log.h"
#include "trace/silence.h"
#include "trace/times.h"
#include "trace/wire.h"

#include <stdlib.h>
#include <string.h>

#define SILENCES_SHOWN  3
#define EXIT_STATUS_MAX 255

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

static json_t *describe_fault(const char *kind, const char *argument, int64_t at_us, bool requested)
{
    return json_pack("{s:f, s:o, s:b, s:n}", "at_s", (double)at_us / US_PER_S, "text",
        json_sprintf("%s %s", kind, argument), "requested", requested, "hits");
}

// Those of the scenario are known before anything happens: one whose time did not come is missed.
static void list_faults_hit(struct reading *reading)
{
    for (size_t i = 0; i < reading->cell->scenario->faults_count; i++) {
        const struct fault_spec *spec = &reading->cell->scenario->faults[i];
        json_array_append_new(
            reading->faults, describe_fault(spec->kind->name, spec->argument, spec->at_us, false));
    }
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
        json_t *fault = describe_fault("", "", at_us, true);
        set_text(fault, "text", event, "text");
        json_array_append_new(reading->faults, fault);
    } else if (strcmp(name, "fault-reverted") == 0) {
        set_count(fault_at(reading, event), "hits", event, "hits", JSON_COUNT_MAX);
    } else if (strcmp(name, "fault-failed") == 0) {
        set_text(fault_at(reading, event), "failure", event, "error");
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
            json_sprintf(
                "the guest ended before the program did: %s", guest_last_words(folder->path, words)));
    return reading.report;
}

static int64_t number_of(const json_t *object, const char *member)
{
    int64_t number;
    (void)json_number_between(json_object_get(object, member), INT64_MIN, INT64_MAX, &number);
    return number;
}

static bool hit_all(const json_t *report)
{
    size_t i;
    json_t *fault;
    json_array_foreach(json_object_get(report, "faults"), i, fault)
    {
        if (number_of(fault, "hits") <= 0)
            return false;
    }
    return true;
}

int exec_report_status(const json_t *report, bool strict)
{
    const json_t *signal = json_object_get(report, "signal"), *status = json_object_get(report, "status");
    if (signal == NULL && status == NULL)
        return EXEC_STATUS_FAILED;
    if (json_is_true(json_object_get(report, "timed_out")))
        return EXEC_STATUS_TIMEOUT;
    if (signal != NULL)
        return EXEC_STATUS_SIGNAL + (int)number_of(report, "signal");
    if (strict && number_of(report, "status") == 0 && !hit_all(report))
        return EXEC_STATUS_NO_HIT;
    return (int)number_of(report, "status");
}

static double exec_seconds(const json_t *object, const char *member)
{
    return json_number_value(json_object_get(object, member));
}

static void print_end(FILE *out, const json_t *report)
{
    const json_t *signal = json_object_get(report, "signal"), *status = json_object_get(report, "status");
    fprintf(out, "hangup: %s, %s lab, seed %lld: ", json_string_value(json_object_get(report, "scenario")),
        json_string_value(json_object_get(report, "lab")), (long long)number_of(report, "seed"));
    if (signal != NULL)
        fprintf(out, "signal %lld ended the program", (long long)number_of(report, "signal"));
    else if (status != NULL)
        fprintf(out, "the program exited with %lld", (long long)number_of(report, "status"));
    if (signal != NULL || status != NULL)
        fprintf(out, " at %.3f s%s (%.1f s of wall time)\n", exec_seconds(report, "lab_s"),
            json_is_true(json_object_get(report, "timed_out")) ? ", told to by --timeout" : "",
            exec_seconds(report, "wall_s"));
    else
        fprintf(out, "it failed: ");
    if (json_object_get(report, "failure") != NULL)
        fprintf(out, "%s\n", json_string_value(json_object_get(report, "failure")));
}

static void print_fault(FILE *out, const json_t *fault)
{
    int64_t hits = number_of(fault, "hits");
    fprintf(out, "  %10.3f s  %s: ", exec_seconds(fault, "at_s"),
        json_string_value(json_object_get(fault, "text")));
    if (json_object_get(fault, "failure") != NULL)
        fprintf(out, "it failed: %s\n", json_string_value(json_object_get(fault, "failure")));
    else if (json_is_null(json_object_get(fault, "hits")))
        fputs("its time did not come\n", out);
    else if (hits <= 0)
        fputs("it hit nothing\n", out);
    else
        fprintf(out, "%lld hit%s\n", (long long)hits, hits == 1 ? "" : "s");
}

static void print_silences(FILE *out, const json_t *silences)
{
    size_t count = json_array_size(silences);
    for (size_t i = 0; i < count && i < SILENCES_SHOWN; i++) {
        const json_t *silence = json_array_get(silences, i);
        fprintf(out, "  silence       from %.3f s for %.3f s: nothing came back to port %lld\n",
            exec_seconds(silence, "from_s"), exec_seconds(silence, "for_s"),
            (long long)number_of(silence, "port"));
    }
    if (count > SILENCES_SHOWN)
        fprintf(out, "  silence       and %zu more\n", count - SILENCES_SHOWN);
}

void exec_report_print(FILE *out, const json_t *report)
{
    const json_t *wire = json_object_get(report, "wire"), *server = json_object_get(report, "server");
    size_t i;
    json_t *fault;
    print_end(out, report);
    json_array_foreach(json_object_get(report, "faults"), i, fault)
    {
        print_fault(out, fault);
    }
    if (wire != NULL)
        fprintf(out,
            "  wire          %lld connections, %lld packets; resets: %lld to app, %lld to db; swallowed: %lld\n",
            (long long)number_of(wire, "connections"), (long long)number_of(wire, "packets"),
            (long long)number_of(wire, "rst_to_app"), (long long)number_of(wire, "rst_to_db"),
            (long long)number_of(wire, "swallowed"));
    print_silences(out, json_object_get(report, "silences"));
    if (wire != NULL)
        fprintf(out, "  server        %lld sessions, %lld left behind by clients that are gone\n",
            (long long)number_of(server, "sessions"), (long long)number_of(server, "left_behind"));
    fprintf(out, "  %s\n", json_string_value(json_object_get(report, "dir")));
}
