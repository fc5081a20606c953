// junit.xml: a test suite per scenario, a test case per subject, for CI servers.
#include "report/report.h"

#include "base/text.h"
#include "report/internal.h"
#include "result/select.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ISO_SECONDS 19 // "2026-11-28T05:27:10": Jenkins' schema has no zone

struct suite_counts {
    size_t tests;
    size_t of[OUTCOME_ERROR + 1];
    double wall_s;
};

static bool xml_allows(uint32_t character)
{
    return character == '\t' || character == '\n' || character == '\r' ||
           (character >= 0x20 && character != 0xfffe && character != 0xffff);
}

static void print_character(FILE *file, uint32_t character, const char *bytes, size_t length)
{
    switch (character) {
    case '&': fputs("&amp;", file); break;
    case '<': fputs("&lt;", file); break;
    case '>': fputs("&gt;", file); break;
    case '"': fputs("&quot;", file); break;
    case '\n':
    case '\r':
    case '\t': fprintf(file, "&#%" PRIu32 ";", character); break;
    default:
        if (xml_allows(character) && !(character == '?' && *bytes != '?'))
            fwrite(bytes, 1, length, file);
        else
            fputc('?', file);
    }
}

// For attributes and content alike.
static void print_escaped(FILE *file, const char *text)
{
    while (text && *text) {
        const char *start = text;
        uint32_t character = text_next_character(&text);
        print_character(file, character, start, (size_t)(text - start));
    }
}

static void print_attribute(FILE *file, const char *name, const char *value)
{
    fprintf(file, " %s=\"", name);
    print_escaped(file, value);
    fputc('"', file);
}

static struct suite_counts count_suite(const struct run_order *order, size_t first)
{
    const struct run_result *result = order->run;
    struct suite_counts counts = {0};
    for (size_t i = first; i < result->cells_count; i = order->next_cell[i]) {
        counts.tests++;
        counts.of[report_breach(&result->cells[i]) ? OUTCOME_FAIL : result->cells[i].verdict->outcome]++;
        counts.wall_s += result->cells[i].wall_s;
    }
    return counts;
}

static void print_counts(FILE *file, const struct suite_counts *counts)
{
    fprintf(file, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"%.3f\"", counts->tests,
        counts->of[OUTCOME_FAIL], counts->of[OUTCOME_ERROR], counts->wall_s);
}

static void print_junit_reasons(FILE *file, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->reasons_count; i++) {
        print_escaped(file, verdict->reasons[i]);
        fputc('\n', file);
    }
}

static void print_outcome(FILE *file, const struct cell_result *cell)
{
    static const char *const elements[] = {
        [OUTCOME_SKIP] = "skipped", [OUTCOME_FAIL] = "failure", [OUTCOME_ERROR] = "error"};
    const struct verdict *verdict = cell->verdict;
    const char *element = elements[verdict->outcome], *breach = report_breach(cell);
    if (breach) {
        fputs("      <failure type=\"fail-on\"", file);
        print_attribute(file, "message", breach);
        fputs("/>\n", file);
    }
    if (!element || breach)
        return;
    fprintf(file, "      <%s", element);
    print_attribute(file, "type", outcome_name(verdict->outcome));
    print_attribute(file, "message", verdict->reasons_count > 0 ? verdict->reasons[0] : "");
    fputc('>', file);
    print_junit_reasons(file, verdict);
    fprintf(file, "</%s>\n", element);
}

static void print_output(FILE *file, const struct cell_result *cell)
{
    char value[METRIC_TEXT_SIZE];
    fprintf(file, "      <system-out>verdict: %s\n", report_verdict(cell));
    if (cell->verdict->outcome == OUTCOME_PASS)
        print_junit_reasons(file, cell->verdict);
    for (int i = 0; i < METRIC_KINDS; i++) {
        enum metric metric = (enum metric)i;
        fprintf(file, "%s: %s\n", metric_name(metric),
            metric_format(metric, cell->verdict->metrics.value[metric], value));
    }
    for (size_t i = 0; i < cell->texts.count; i++) {
        fprintf(file, "told %" PRId64 "x: ", cell->texts.items[i].count);
        print_escaped(file, cell->texts.items[i].text);
        fputc('\n', file);
    }
    fputs("</system-out>\n", file);
}

static void print_property(FILE *file, const char *name, const char *value)
{
    fputs("      <property", file);
    print_attribute(file, "name", name);
    print_attribute(file, "value", value);
    fputs("/>\n", file);
}

__attribute__((format(printf, 4, 5))) static void print_case_property(
    FILE *file, const char *label, const char *name, const char *format, ...)
{
    char *text = NULL, *whole = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) >= 0 && asprintf(&whole, "%s: %s", label, name) >= 0) {
        print_property(file, whole, text);
        free(whole);
        free(text);
    }
    va_end(arguments);
}

// Where the expectation stands that was not met.
static void print_junit_place(FILE *file, const char *label, const struct verdict *verdict)
{
    char path[REPORT_PLACE_SIZE];
    int line;
    for (size_t i = 0; i < verdict->reasons_count; i++) {
        if (!report_reason_place(verdict->reasons[i], path, &line))
            continue;
        print_case_property(file, label, "file", "%s", path);
        print_case_property(file, label, "line", "%d", line);
        return;
    }
}

// What runs the same bytes again, by what they are known, and where to look. They stand at the suite, each
// with the case's name: a case of Jenkins' schema has no properties.
static void print_case_properties(FILE *file, const struct run_order *order, const struct cell_result *cell)
{
    char *allocated = report_label(order, cell);
    const char *label = allocated ? allocated : cell->subject;
    print_case_property(file, label, "impact", "%s", impact_name(cell->verdict->impact));
    print_case_property(file, label, "best", "%s", impact_name(cell->best));
    print_case_property(file, label, "seed", "%" PRIu64, cell->seed);
    print_junit_place(file, label, cell->verdict);
    if (*cell->events_sha256 != '\0')
        print_case_property(file, label, "events_sha256", "%s", cell->events_sha256);
    if (*cell->pcap_sha256 != '\0')
        print_case_property(file, label, "pcap_sha256", "%s", cell->pcap_sha256);
    print_case_property(file, label, "replay", "hangup replay %s", cell->dir);
    free(allocated);
}

static void print_case(FILE *file, const struct run_order *order, const struct cell_result *cell)
{
    char *label = report_label(order, cell);
    fputs("    <testcase", file);
    print_attribute(file, "classname", cell->scenario);
    print_attribute(file, "name", label ? label : cell->subject);
    fprintf(file, " time=\"%.3f\">\n", cell->wall_s);
    print_outcome(file, cell);
    print_output(file, cell);
    fputs("    </testcase>\n", file);
    free(label);
}

// Of the machine on which this is written.
static void print_host(FILE *file)
{
    char host[HOST_NAME_MAX + 1];
    if (gethostname(host, sizeof(host)) == 0)
        print_attribute(file, "hostname", host);
}

static void print_suite(FILE *file, const struct run_order *order, size_t first)
{
    const struct run_result *result = order->run;
    struct suite_counts counts = count_suite(order, first);
    char seed[24];
    snprintf(seed, sizeof(seed), "%" PRIu64, result->seed);
    fputs("  <testsuite", file);
    print_attribute(file, "name", result->cells[first].scenario);
    if (result->started && strlen(result->started) >= ISO_SECONDS)
        fprintf(file, " timestamp=\"%.*s\"", ISO_SECONDS, result->started);
    print_host(file);
    print_counts(file, &counts);
    fprintf(file, " skipped=\"%zu\">\n    <properties>\n", counts.of[OUTCOME_SKIP]);
    print_property(file, "claim", result->cells[first].claim);
    print_property(file, "lab", result->lab);
    if (result->kernel)
        print_property(file, "kernel", result->kernel);
    print_property(file, "seed", seed);
    for (size_t i = first; i < result->cells_count; i = order->next_cell[i])
        print_case_properties(file, order, &result->cells[i]);
    fputs("    </properties>\n", file);
    for (size_t i = first; i < result->cells_count; i = order->next_cell[i])
        print_case(file, order, &result->cells[i]);
    fputs("  </testsuite>\n", file);
}

bool report_junit_print(const struct report_page *page)
{
    FILE *file = page->file;
    const struct run_result *result = page->result;
    struct outcome_counts all = run_result_count(result);
    struct suite_counts counts = {
        .tests = result->cells_count - all.not_run,
        .of = {[OUTCOME_FAIL] = all.failed + all.breaches, [OUTCOME_ERROR] = all.errors},
        .wall_s = result->wall_s,
    };
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"hangup\"", file);
    print_counts(file, &counts);
    fputs(">\n", file);
    struct run_order *order = run_order_new(result);
    for (size_t i = order ? order->first : result->cells_count; i < result->cells_count;
        i = order->next_scenario[i])
        print_suite(file, order, i);
    fputs(order ? "</testsuites>\n" : "<!-- out of memory -->\n</testsuites>\n", file);
    run_order_free(order);
    return true;
}
