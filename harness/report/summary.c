// summary.md: the table as GitHub-flavoured Markdown.
#include "report/report.h"

#include "base/atomic_file.h"
#include "report/internal.h"
#include "result/select.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void print_escaped(FILE *file, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\`*_[]<>|&~#", *text))
            fputc('\\', file);
        fputc(*text, file);
    }
}

// Outside tables only: a fence longer than any inside, and spaces, which Markdown takes away again.
static void print_code(FILE *file, const char *text)
{
    size_t longest = 0;
    for (const char *at = text; (at = strchr(at, '`')); at += strspn(at, "`"))
        longest = strspn(at, "`") > longest ? strspn(at, "`") : longest;
    const char *space = longest > 0 ? " " : "";
    for (size_t i = 0; i <= longest; i++)
        fputc('`', file);
    fprintf(file, "%s%s%s", space, text, space);
    for (size_t i = 0; i <= longest; i++)
        fputc('`', file);
}

static void print_header(FILE *file)
{
    fputs("| verdict | subject |", file);
    for (size_t i = 0; i < report_columns_count; i++) {
        fputc(' ', file);
        print_escaped(file, metric_name(report_columns[i].metric));
        fputs(" |", file);
    }
    fputs("\n|---|---|", file);
    for (size_t i = 0; i < report_columns_count; i++)
        fputs("--:|", file);
    fputc('\n', file);
}

static void print_row(FILE *file, const char *label, const struct cell_result *cell)
{
    char value[METRIC_TEXT_SIZE];
    bool bad = cell->verdict->outcome >= OUTCOME_FAIL;
    fprintf(file, "| %s%s%s | ", bad ? "**" : "", report_verdict(cell), bad ? "**" : "");
    print_escaped(file, label);
    fputs(" |", file);
    for (size_t i = 0; i < report_columns_count; i++) {
        enum metric metric = report_columns[i].metric;
        fprintf(file, " %s |", metric_format(metric, cell->verdict->metrics.value[metric], value));
    }
    fputc('\n', file);
}

static void print_notes(FILE *file, const char *label, const struct cell_result *cell)
{
    if (cell->texts.count > 0) {
        fputs("- ", file);
        print_escaped(file, label);
        fputs(" told the application: ", file);
        for (size_t i = 0; i < cell->texts.count; i++) {
            fprintf(file, "%s%" PRId64 "x ", i > 0 ? ", " : "", cell->texts.items[i].count);
            print_code(file, cell->texts.items[i].text);
        }
        fputc('\n', file);
    }
    for (size_t i = 0; i < cell->verdict->reasons_count; i++) {
        fputs("- ", file);
        print_escaped(file, label);
        fprintf(file, " %s: ", report_verdict(cell));
        print_code(file, cell->verdict->reasons[i]);
        fputc('\n', file);
    }
}

static void print_cells(FILE *file, const struct run_result *result, size_t first,
    void (*print)(FILE *file, const char *label, const struct cell_result *cell))
{
    for (size_t i = first; i < result->cells_count; i = run_next_cell(result, first, i + 1)) {
        char *label = report_label(result, &result->cells[i]);
        print(file, label ? label : result->cells[i].subject, &result->cells[i]);
        free(label);
    }
}

void report_summary_print(FILE *file, const struct run_result *result)
{
    fputs("# hangup: ", file);
    report_total(file, result);
    fprintf(
        file, "\nLab %s, seed %" PRIu64 "%s", result->lab, result->seed, result->kernel ? ", kernel " : "");
    print_escaped(file, result->kernel ? result->kernel : "");
    fputs(".\n", file);
    for (size_t i = run_next_scenario(result, 0); i < result->cells_count;
         i = run_next_scenario(result, i + 1)) {
        fputs("\n## ", file);
        print_escaped(file, result->cells[i].scenario);
        fputs("\n\n", file);
        print_escaped(file, result->cells[i].claim);
        fputs("\n\n", file);
        print_header(file);
        print_cells(file, result, i, print_row);
        fputc('\n', file);
        print_cells(file, result, i, print_notes);
    }
}

static void print_to(FILE *file, const void *result)
{
    report_summary_print(file, result);
}

bool report_summary_write(const char *path, const struct run_result *result, struct error *error)
{
    return whole_file_print(path, print_to, result, error);
}
