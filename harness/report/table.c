// The terminal's table: one block a scenario, one row a cell, and below it why.
#include "report/report.h"

#include "base/text.h"
#include "report/internal.h"
#include "result/select.h"

#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define IMPACT_WIDTH  7 // "delayed"
#define VERDICT_WIDTH 7 // the title; "error" is shorter
#define INDENT        2
#define COLUMNS_MAX   16
#define NARROWEST     40
#define LAST_RANK     6 // of report_column.leave_out

#define RESET "\033[0m"

struct table {
    FILE *file;
    const struct run_result *result;
    const struct run_order *order;
    bool colours;
    int width, gap;
    int subject_width;
    int value_width[COLUMNS_MAX];
    bool left_out[COLUMNS_MAX];
};

static int character_columns(uint32_t character)
{
    int columns = wcwidth((wchar_t)character);
    return columns < 0 ? 1 : columns;
}

static int text_columns(const char *text)
{
    int columns = 0;
    while (*text)
        columns += character_columns(text_next_character(&text));
    return columns;
}

// As much of `text` as `width` columns hold; the last is an ellipsis where something is left out. Returns the
// columns used.
static int print_cut(FILE *file, const char *text, int width)
{
    int used = 0, all = text_columns(text), room = all > width ? width - 1 : width;
    const char *end = text;
    while (*end) {
        const char *next = end;
        int columns = character_columns(text_next_character(&next));
        if (used + columns > room)
            break;
        used += columns;
        end = next;
    }
    fwrite(text, 1, (size_t)(end - text), file);
    if (all <= width)
        return used;
    fputs("…", file);
    return used + 1;
}

// Breaks between words.
static void print_wrapped(FILE *file, const char *text, int indent, int width)
{
    int used = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        char *word = strndup(text, length);
        int columns = word ? text_columns(word) : 0;
        if (used == 0 || used + 1 + columns > width - indent) {
            fprintf(file, "%s%*s", used > 0 ? "\n" : "", indent, "");
            used = 0;
        }
        fprintf(file, "%s%s", used > 0 ? " " : "", word ? word : "");
        used += columns + (used > 0);
        free(word);
        text += length + strspn(text + length, " ");
    }
    fputc('\n', file);
}

static void start_colour(const struct table *table, const char *colour)
{
    if (table->colours)
        fputs(colour, table->file);
}

static void end_colour(const struct table *table)
{
    if (table->colours)
        fputs(RESET, table->file);
}

// And the gap behind it.
static void print_coloured(const struct table *table, const char *colour, int width, const char *text)
{
    start_colour(table, colour);
    fprintf(table->file, "%-*s", width, text);
    end_colour(table);
    fprintf(table->file, "%*s", table->gap, "");
}

static const char *outcome_colour(enum outcome outcome)
{
    static const char *const colours[] = {
        [OUTCOME_PASS] = "\033[2m", // a pass is no praise: it may be an expected disaster
        [OUTCOME_SKIP] = "\033[33m",
        [OUTCOME_FAIL] = "\033[1;31m",
        [OUTCOME_ERROR] = "\033[1;35m",
    };
    return colours[outcome];
}

// What nobody can avoid is no alarm.
static const char *impact_colour(const struct cell_result *cell)
{
    static const char *const colours[] = {
        [IMPACT_CLEAN] = "\033[32m",
        [IMPACT_DELAYED] = "\033[36m",
        [IMPACT_ERRORS] = "\033[33m",
        [IMPACT_STUCK] = "\033[1;31m",
        [IMPACT_DATA] = "\033[1;35m",
    };
    enum impact impact = cell->verdict->impact;
    if (impact == IMPACT_UNKNOWN)
        return "\033[2m";
    return colours[impact <= cell->best ? IMPACT_CLEAN : impact];
}

// Impact and verdict stand before the subject.
static int before_subject(const struct table *table)
{
    return INDENT + IMPACT_WIDTH + table->gap + VERDICT_WIDTH + table->gap;
}

static void print_table_header(const struct table *table)
{
    start_colour(table, "\033[2m");
    fprintf(table->file, "%*s%-*s%*s%-*s%*s%-*s", INDENT, "", IMPACT_WIDTH, "impact", table->gap, "",
        VERDICT_WIDTH, "verdict", table->gap, "", table->subject_width, "subject");
    for (size_t i = 0; i < report_columns_count; i++)
        if (!table->left_out[i])
            fprintf(table->file, "%*s", table->gap + table->value_width[i], report_columns[i].title);
    end_colour(table);
    fputc('\n', table->file);
}

static void print_table_row(const struct table *table, const struct cell_result *cell)
{
    char value[METRIC_TEXT_SIZE];
    char *label = report_label(table->order, cell);
    fprintf(table->file, "%*s", INDENT, "");
    print_coloured(table, impact_colour(cell), IMPACT_WIDTH, impact_name(cell->verdict->impact));
    print_coloured(table, outcome_colour(cell->verdict->outcome), VERDICT_WIDTH, report_verdict_word(cell));
    int used = print_cut(table->file, label ? label : cell->subject, table->subject_width);
    fprintf(table->file, "%*s", table->subject_width - used, "");
    for (size_t i = 0; i < report_columns_count; i++) {
        if (table->left_out[i])
            continue;
        enum metric metric = report_columns[i].metric;
        fprintf(table->file, "%*s", table->gap + table->value_width[i],
            metric_format(metric, cell->verdict->metrics.value[metric], value));
    }
    fputc('\n', table->file);
    free(label);
}

static void print_table_reasons(const struct table *table, const struct cell_result *cell)
{
    int indent = INDENT + IMPACT_WIDTH + table->gap;
    bool as_it_must = strcmp(report_verdict(cell), report_verdict_word(cell)) != 0;
    for (size_t i = 0; i < cell->verdict->reasons_count; i++) {
        fprintf(table->file, "%*s", indent, "");
        start_colour(table, outcome_colour(cell->verdict->outcome));
        // Whole, however wide: a reason is there to be copied.
        fprintf(table->file, "%s%s%s", as_it_must ? report_verdict(cell) : "", as_it_must ? ": " : "",
            cell->verdict->reasons[i]);
        end_colour(table);
        fputc('\n', table->file);
    }
}

// One line: `2x SSL SYSCALL error: EOF detected | 1x timeout expired`
static void print_texts(const struct table *table, const struct cell_result *cell)
{
    char *line = NULL;
    size_t length;
    FILE *memory = cell->texts.count > 0 ? open_memstream(&line, &length) : NULL;
    if (!memory)
        return;
    for (size_t i = 0; i < cell->texts.count; i++)
        fprintf(memory, "%s%" PRId64 "x %s", i > 0 ? " | " : "", cell->texts.items[i].count,
            cell->texts.items[i].text);
    if (fclose(memory) == 0) {
        int indent = INDENT + IMPACT_WIDTH + table->gap;
        fprintf(table->file, "%*s", indent, "");
        start_colour(table, "\033[2m");
        print_cut(table->file, line, table->width - indent);
        end_colour(table);
        fputc('\n', table->file);
    }
    free(line);
}

// What most cells do not have has a line instead of a column: `torn 1, overdue 2`
static void print_rare(const struct table *table, const struct cell_result *cell)
{
    static const enum metric rare[] = {METRIC_TORN, METRIC_DEAF, METRIC_OVERDUE};
    const char *before = "";
    for (size_t i = 0; i < sizeof(rare) / sizeof(rare[0]); i++) {
        int64_t value = cell->verdict->metrics.value[rare[i]];
        if (value <= 0)
            continue;
        if (*before == '\0')
            fprintf(table->file, "%*s", INDENT + IMPACT_WIDTH + table->gap, "");
        fprintf(table->file, "%s%s %" PRId64, before, metric_name(rare[i]), value);
        before = ", ";
    }
    if (*before != '\0')
        fputc('\n', table->file);
}

static void print_scenario(const struct table *table, size_t first)
{
    const struct run_result *result = table->result;
    start_colour(table, "\033[1m");
    fputs(result->cells[first].scenario, table->file);
    end_colour(table);
    fputc('\n', table->file);
    print_wrapped(table->file, result->cells[first].claim, INDENT, table->width);
    if (result->cells[first].best > IMPACT_CLEAN)
        fprintf(table->file, "%*sNo pool can do better here than: %s.\n", INDENT, "",
            impact_name(result->cells[first].best));
    print_table_header(table);
    for (size_t i = first; i < result->cells_count; i = table->order->next_cell[i]) {
        print_table_row(table, &result->cells[i]);
        print_rare(table, &result->cells[i]);
        print_texts(table, &result->cells[i]);
        print_table_reasons(table, &result->cells[i]);
    }
    fputc('\n', table->file);
}

static int max(int a, int b)
{
    return a > b ? a : b;
}

static void measure_cell(struct table *table, const struct cell_result *cell)
{
    char value[METRIC_TEXT_SIZE];
    char *label = report_label(table->order, cell);
    table->subject_width = max(table->subject_width, label ? text_columns(label) : 0);
    for (size_t i = 0; i < report_columns_count; i++) {
        enum metric metric = report_columns[i].metric;
        metric_format(metric, cell->verdict->metrics.value[metric], value);
        table->value_width[i] = max(table->value_width[i], text_columns(value));
    }
    free(label);
}

static int table_width(const struct table *table)
{
    int width = before_subject(table) + table->subject_width;
    for (size_t i = 0; i < report_columns_count; i++)
        width += table->left_out[i] ? 0 : table->gap + table->value_width[i];
    return width;
}

static void leave_out(struct table *table, int rank)
{
    for (size_t i = 0; i < report_columns_count; i++)
        table->left_out[i] = table->left_out[i] || report_columns[i].leave_out == rank;
}

// All blocks have the same columns. Where they do not fit, first the gaps shrink, then columns go, and at
// last the subject's name is cut.
static void measure_table(struct table *table)
{
    table->gap = 2;
    table->subject_width = text_columns("subject");
    for (size_t i = 0; i < report_columns_count; i++)
        table->value_width[i] = text_columns(report_columns[i].title);
    for (size_t i = 0; i < table->result->cells_count; i++)
        if (table->result->cells[i].verdict)
            measure_cell(table, &table->result->cells[i]);
    if (table_width(table) > table->width)
        table->gap = 1;
    for (int rank = 1; rank <= LAST_RANK && table_width(table) > table->width; rank++)
        leave_out(table, rank);
    int excess = table_width(table) - table->width;
    if (excess > 0)
        table->subject_width = max(text_columns("subject"), table->subject_width - excess);
}

// So that nobody takes an absent column for an absent measurement.
static void print_left_out(const struct table *table)
{
    const char *before = "Too narrow for";
    char *text = NULL;
    size_t length;
    FILE *memory = open_memstream(&text, &length);
    if (!memory)
        return;
    for (size_t i = 0; i < report_columns_count; i++) {
        if (!table->left_out[i])
            continue;
        fprintf(memory, "%s %s", before, metric_name(report_columns[i].metric));
        before = ",";
    }
    fputs(": see summary.md.", memory);
    if (fclose(memory) == 0 && *before == ',')
        print_wrapped(table->file, text, 0, table->width);
    free(text);
}

static void print_run_table(struct table *table)
{
    measure_table(table);
    for (size_t i = table->order->first; i < table->result->cells_count; i = table->order->next_scenario[i])
        print_scenario(table, i);
    print_left_out(table);
    report_total(table->file, table->result);
}

bool report_table_print(const struct report_page *page)
{
    struct run_order *order = run_order_new(page->result);
    struct table table = {.file = page->file,
        .result = page->result,
        .order = order,
        .colours = page->colours,
        .width = max(page->width, NARROWEST)};
    _Static_assert(COLUMNS_MAX >= 14, "room for every column");
    // How wide a character is depends on the locale; this one is always there.
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
    if (order)
        print_run_table(&table);
    else
        fputs("out of memory\n", page->file);
    run_order_free(order);
    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    if (page->folder)
        fprintf(page->file, "%s\n", page->folder);
    return true;
}
