// TAP 14: a test a cell, in the order of the run.
#include "report/report.h"

#include "report/internal.h"
#include "result/select.h"

#include <stdlib.h>
#include <string.h>

// A '#' begins a directive.
static void print_tap_text(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '#' || *text == '\\')
            putc('\\', file);
        putc(*text, file);
    }
}

// In double quotes JSON is YAML.
static void print_tap_string(FILE *file, const char *text)
{
    json_t *string = json_string(text);
    json_dumpf(string, file, JSON_ENCODE_ANY);
    json_decref(string);
}

static void print_tap_details(FILE *file, const struct cell_result *cell)
{
    fputs("  ---\n  reasons:\n", file);
    if (report_breach(cell)) {
        fputs("    - ", file);
        print_tap_string(file, report_breach(cell));
        putc('\n', file);
    }
    for (size_t i = 0; i < cell->verdict->reasons_count; i++) {
        fputs("    - ", file);
        print_tap_string(file, cell->verdict->reasons[i]);
        putc('\n', file);
    }
    fputs("  impact: ", file);
    print_tap_string(file, impact_name(cell->verdict->impact));
    fputs("\n  folder: ", file);
    print_tap_string(file, cell->dir);
    fputs("\n  ...\n", file);
}

static void print_tap_cell(
    FILE *file, const struct run_order *order, const struct cell_result *cell, size_t number)
{
    const struct verdict *verdict = cell->verdict;
    bool bad = verdict->outcome >= OUTCOME_FAIL || report_breach(cell);
    char *label = report_label(order, cell);
    fprintf(file, "%s %zu - ", bad ? "not ok" : "ok", number);
    print_tap_text(file, cell->scenario);
    putc(' ', file);
    print_tap_text(file, label ? label : cell->subject);
    free(label);
    if (!bad && verdict->outcome == OUTCOME_SKIP) {
        fputs(" # SKIP ", file);
        print_tap_text(file, verdict->reasons_count > 0 ? verdict->reasons[0] : "");
    }
    putc('\n', file);
    if (bad)
        print_tap_details(file, cell);
}

bool report_tap_print(const struct report_page *page)
{
    const struct run_result *result = page->result;
    struct run_order *order = run_order_new(result);
    if (!order)
        return error_set(page->error, ERROR_LAB, "out of memory");
    size_t number = 0;
    fprintf(page->file, "TAP version 14\n1..%zu\n", result->cells_count - run_result_count(result).not_run);
    for (size_t i = order->first; i < result->cells_count; i = order->next_scenario[i])
        for (size_t j = i; j < result->cells_count; j = order->next_cell[j])
            print_tap_cell(page->file, order, &result->cells[j], ++number);
    run_order_free(order);
    return true;
}
