// summary.md: the table as GitHub-flavoured Markdown.
#include "report/report.h"

#include "base/markdown.h"
#include "report/internal.h"
#include "result/select.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SUMMARY_BYTES 900000 // GitHub takes a MiB
#define WORST_SHOWN   50

static void print_summary_header(FILE *file)
{
    fputs("| impact | verdict | subject |", file);
    for (size_t i = 0; i < report_columns_count; i++) {
        fputc(' ', file);
        markdown_print_text(file, metric_name(report_columns[i].metric));
        fputs(" |", file);
    }
    fputs("\n|---|---|---|", file);
    for (size_t i = 0; i < report_columns_count; i++)
        fputs("--:|", file);
    fputc('\n', file);
}

static void print_summary_row(FILE *file, const char *label, const struct cell_result *cell)
{
    char value[METRIC_TEXT_SIZE];
    bool bad = cell->verdict->outcome >= OUTCOME_FAIL || report_breach(cell);
    fprintf(file, "| %s | %s%s%s | ", impact_name(cell->verdict->impact), bad ? "**" : "",
        report_verdict(cell), bad ? "**" : "");
    markdown_print_text(file, label);
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
        markdown_print_text(file, label);
        fputs(" told the application: ", file);
        for (size_t i = 0; i < cell->texts.count; i++) {
            fprintf(file, "%s%" PRId64 "x ", i > 0 ? ", " : "", cell->texts.items[i].count);
            markdown_print_code(file, cell->texts.items[i].text);
        }
        fputc('\n', file);
    }
    for (size_t i = 0; i < cell->verdict->reasons_count; i++) {
        fputs("- ", file);
        markdown_print_text(file, label);
        fprintf(file, " %s: ", report_verdict(cell));
        markdown_print_code(file, cell->verdict->reasons[i]);
        fputc('\n', file);
    }
}

static void print_cells(FILE *file, const struct run_order *order, size_t first,
    void (*print)(FILE *file, const char *label, const struct cell_result *cell))
{
    const struct run_result *result = order->run;
    for (size_t i = first; i < result->cells_count; i = order->next_cell[i]) {
        char *label = report_label(order, &result->cells[i]);
        print(file, label ? label : result->cells[i].subject, &result->cells[i]);
        free(label);
    }
}

static void print_bad_cell(FILE *file, const char *what, const struct cell_result *cell, const char *why)
{
    fprintf(file, "- **%s** ", what);
    markdown_print_text(file, cell->scenario);
    fputs(" with ", file);
    markdown_print_text(file, cell->subject);
    fputs(": ", file);
    markdown_print_code(file, why);
    if (cell->dir != NULL)
        fprintf(file, ": `hangup why %s` in this folder tells its story", cell->dir);
    fputc('\n', file);
}

// Errors, failures, and behind them what is as expected and met --fail-on. NULL: it is none of `outcome`.
static const char *why_bad(const struct cell_result *cell, int outcome)
{
    if (!cell->verdict || (outcome == OUTCOME_PASS && !report_breach(cell)))
        return NULL;
    if (outcome == OUTCOME_PASS)
        return report_breach(cell);
    if ((int)cell->verdict->outcome != outcome)
        return NULL;
    return cell->verdict->reasons_count > 0 ? cell->verdict->reasons[0] : "";
}

// What somebody has to act on, before anything else.
static void print_worst(FILE *file, const struct run_result *result)
{
    static const int order[] = {OUTCOME_ERROR, OUTCOME_FAIL, OUTCOME_PASS};
    size_t bad = 0;
    for (size_t kind = 0; kind < sizeof(order) / sizeof(order[0]); kind++) {
        for (size_t i = 0; i < result->cells_count; i++) {
            const struct cell_result *cell = &result->cells[i];
            const char *why = why_bad(cell, order[kind]);
            if (!why || bad++ >= WORST_SHOWN)
                continue;
            if (bad == 1)
                fputs("\n## Not as expected\n\n", file);
            print_bad_cell(file,
                order[kind] == OUTCOME_PASS ? "fail-on" : outcome_name(cell->verdict->outcome), cell, why);
        }
    }
    if (bad > WORST_SHOWN)
        fprintf(file, "- and %zu more\n", bad - WORST_SHOWN);
}

bool report_summary_print(const struct report_page *page)
{
    FILE *file = page->file;
    const struct run_result *result = page->result;
    fputs("# hangup: ", file);
    report_total(file, result);
    fputs("\nLab ", file);
    markdown_print_text(file, result->lab);
    fprintf(file, ", seed %" PRIu64 "%s", result->seed, result->kernel ? ", kernel " : "");
    markdown_print_text(file, result->kernel ? result->kernel : "");
    if (result->world.image_sha256[0] != '\0') {
        fputs(", image ", file);
        markdown_print_text(file, result->world.image);
        fprintf(file, " %.16s", result->world.image_sha256);
    }
    fputs(".\n", file);
    print_worst(file, result);
    struct run_order *order = run_order_new(result);
    for (size_t i = order ? order->first : result->cells_count; i < result->cells_count;
        i = order->next_scenario[i]) {
        if (ftell(file) > SUMMARY_BYTES) {
            fputs(
                "\nThere is more: this page ends where GitHub would refuse it. report.html has all of it.\n",
                file);
            break;
        }
        fputs("\n## ", file);
        markdown_print_text(file, result->cells[i].scenario);
        fputs("\n\n", file);
        markdown_print_text(file, result->cells[i].claim);
        if (result->cells[i].best > IMPACT_CLEAN)
            fprintf(file, " No pool can do better here than: %s.", impact_name(result->cells[i].best));
        fputs("\n\n", file);
        print_summary_header(file);
        print_cells(file, order, i, print_summary_row);
        fputc('\n', file);
        print_cells(file, order, i, print_notes);
    }
    if (!order)
        fputs("\nout of memory\n", file);
    run_order_free(order);
    return true;
}
