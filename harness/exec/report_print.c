// What people read of exec.json, and the exit status that follows from it.
#include "base/json_number.h"
#include "base/terminal.h"
#include "exec/options.h"
#include "exec/report.h"

#include <string.h>

#define WIDTH       80 // it stands below what the program wrote, in whatever window
#define LABEL_WIDTH 16
#define FILES_SHOWN 3

static int64_t number_of(const json_t *object, const char *member)
{
    int64_t number;
    (void)json_number_between(json_object_get(object, member), INT64_MIN, INT64_MAX, &number);
    return number;
}

static double seconds_of(const json_t *object, const char *member)
{
    return json_number_value(json_object_get(object, member));
}

static const char *report_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text != NULL ? text : "";
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

// "  wire          2 connections ...": a line of the report. Takes over `text`.
static void print_report_line(FILE *out, const char *label, json_t *text)
{
    if (text == NULL)
        return;
    fprintf(out, "  %-*s", LABEL_WIDTH - 2, label);
    terminal_print(out, json_string_value(text), LABEL_WIDTH, LABEL_WIDTH, WIDTH);
    json_decref(text);
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

// Of a run that was killed before its report nobody knows the wall time.
static json_t *describe_time(const json_t *report)
{
    if (json_object_get(report, "wall_s") == NULL)
        return json_sprintf("%.3f s in the lab", seconds_of(report, "lab_s"));
    return json_sprintf(
        "%.3f s in the lab, %.1f s of wall time", seconds_of(report, "lab_s"), seconds_of(report, "wall_s"));
}

static void print_end(FILE *out, const json_t *report)
{
    const json_t *signal = json_object_get(report, "signal"), *status = json_object_get(report, "status");
    const char *failure = json_string_value(json_object_get(report, "failure"));
    bool ended = signal != NULL || status != NULL;
    json_t *what = json_sprintf("hangup: %s, %s lab, seed %lld: ", report_text(report, "scenario"),
        report_text(report, "lab"), (long long)number_of(report, "seed"));
    fputs(json_string_value(what), out);
    if (ended)
        fprintf(out,
            signal != NULL ? "signal %lld ended the program%s\n" : "the program exited with %lld%s\n",
            (long long)number_of(report, signal != NULL ? "signal" : "status"),
            json_is_true(json_object_get(report, "timed_out")) ? " (--timeout)" : "");
    else
        fputs("it failed\n", out);
    json_decref(what);
    if (ended)
        print_report_line(out, "time", describe_time(report));
    if (failure != NULL)
        print_report_line(out, "failure", json_string(failure));
}

static const char *end_of_fault(const json_t *report, const json_t *fault, char text[static 64])
{
    const json_t *ended = json_object_get(fault, "ended_s");
    text[0] = '\0';
    if (json_is_number(ended))
        snprintf(text, 64, ", until %.3f s", json_number_value(ended));
    else if (json_is_true(json_object_get(fault, "lasts")) && json_object_get(report, "lab_s") != NULL)
        snprintf(text, 64, ", until the program ended");
    return text;
}

static void print_fault(FILE *out, const json_t *report, const json_t *fault)
{
    char began[32], until[64];
    int64_t hits = number_of(fault, "hits");
    const char *text = report_text(fault, "text");
    json_t *line;
    snprintf(began, sizeof(began), "%10.3f s  ", seconds_of(fault, "at_s"));
    end_of_fault(report, fault, until);
    if (json_object_get(fault, "failure") != NULL)
        line = json_sprintf("%s: it failed: %s", text, report_text(fault, "failure"));
    else if (json_is_null(json_object_get(fault, "hits")))
        line = json_sprintf("%s: its time did not come", text);
    else if (hits <= 0)
        line = json_sprintf("%s%s: it hit nothing", text, until);
    else
        line = json_sprintf("%s%s: %lld hit%s", text, until, (long long)hits, plural(hits));
    print_report_line(out, began, line);
}

static void print_wire(FILE *out, const json_t *wire)
{
    int64_t connections = number_of(wire, "connections"), swallowed = number_of(wire, "swallowed");
    int64_t to_app = number_of(wire, "rst_to_app"), to_db = number_of(wire, "rst_to_db");
    char lost[64] = "", resets[96] = "";
    if (swallowed > 0)
        snprintf(lost, sizeof(lost), ", %lld of them swallowed", (long long)swallowed);
    if (to_app + to_db > 0)
        snprintf(
            resets, sizeof(resets), "; resets: %lld to app, %lld to db", (long long)to_app, (long long)to_db);
    print_report_line(out, "wire",
        json_sprintf("%lld connection%s, %lld packets%s%s", (long long)connections, plural(connections),
            (long long)number_of(wire, "packets"), lost, resets));
}

// What was seen of the wait, and how it ended.
static const char *what_was_quiet(const json_t *hang)
{
    if (strcmp(report_text(hang, "waited_for"), "connection") == 0)
        return "was not opened";
    return json_is_true(json_object_get(hang, "acknowledged"))
               ? "had its question acknowledged, but not answered"
               : "asked, and nothing came back";
}

static const char *how_it_ended(const json_t *hang)
{
    const char *end = report_text(hang, "end");
    if (strcmp(end, "answer") == 0)
        return strcmp(report_text(hang, "waited_for"), "connection") == 0 ? "then it was"
                                                                          : "then the answer came";
    if (strcmp(end, "reset") == 0)
        return "then it was reset";
    return strcmp(end, "closed") == 0 ? "then the program closed it" : "until the program ended";
}

static void print_hangs(FILE *out, const json_t *hangs)
{
    const json_t *longest = json_object_get(hangs, "longest");
    int64_t others = number_of(hangs, "count") - 1;
    if (!json_is_object(longest))
        return;
    print_report_line(out, "longest hang",
        json_sprintf("%.3f s, from %.3f s on: connection %lld (port %lld) %s; %s",
            seconds_of(longest, "for_s"), seconds_of(longest, "from_s"),
            (long long)number_of(longest, "connection"), (long long)number_of(longest, "port"),
            what_was_quiet(longest), how_it_ended(longest)));
    if (others > 0)
        print_report_line(out, "", json_sprintf("and %lld more of a second or longer", (long long)others));
}

static void print_server(FILE *out, const json_t *server)
{
    int64_t sessions = number_of(server, "sessions"), left = number_of(server, "left_behind");
    char behind[96] = "";
    if (left > 0)
        snprintf(behind, sizeof(behind), ", %lld left behind by clients that are gone", (long long)left);
    print_report_line(
        out, "server", json_sprintf("%lld session%s%s", (long long)sessions, plural(sessions), behind));
}

static void print_dropped(FILE *out, const json_t *dropped)
{
    const json_t *files = json_object_get(dropped, "files");
    int64_t count = number_of(dropped, "count");
    size_t shown = json_array_size(files);
    if (count <= 0)
        return;
    if (shown > FILES_SHOWN)
        shown = FILES_SHOWN;
    json_t *names = json_string("");
    for (size_t i = 0; i < shown; i++) {
        json_t *longer = json_sprintf("%s%s%s", json_string_value(names), i > 0 ? ", " : "",
            json_string_value(json_array_get(files, i)));
        json_decref(names);
        names = longer;
    }
    print_report_line(out, "files",
        json_sprintf("%lld written and gone with the lab (--writable DIR keeps what is below DIR): %s%s",
            (long long)count, json_string_value(names), (size_t)count > shown ? ", ..." : ""));
    json_decref(names);
}

void exec_report_print(FILE *out, const json_t *report)
{
    const json_t *wire = json_object_get(report, "wire"), *forgotten = json_object_get(report, "forgotten");
    size_t i;
    json_t *fault;
    print_end(out, report);
    json_array_foreach(json_object_get(report, "faults"), i, fault)
    {
        print_fault(out, report, fault);
    }
    print_hangs(out, json_object_get(report, "hangs"));
    if (wire != NULL)
        print_wire(out, wire);
    if (json_integer_value(forgotten) > 0)
        print_report_line(out, "forgotten",
            json_sprintf("%lld connection%s, by the flow table", (long long)json_integer_value(forgotten),
                plural(json_integer_value(forgotten))));
    if (wire != NULL)
        print_server(out, json_object_get(report, "server"));
    print_dropped(out, json_object_get(report, "dropped"));
    fprintf(out, "  %s\n", report_text(report, "dir"));
}
