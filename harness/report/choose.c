#include "report/choose.h"

#include "base/markdown_table.h"
#include "base/terminal.h"
#include "result/choose.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIST_INDENT 15

// What the application saw, and how it came about: on the wire and at the server.
static const enum metric seen[] = {METRIC_ERRORS, METRIC_HUNG, METRIC_DELAY, METRIC_RECOVERY, METRIC_LOST,
    METRIC_DUPLICATED, METRIC_IN_DOUBT, METRIC_TORN, METRIC_DEAF, METRIC_OVERDUE};
static const enum metric causes[] = {METRIC_PINGS, METRIC_CONNECTS, METRIC_ATTEMPTS, METRIC_LEAKED_BACKENDS,
    METRIC_RST_TO_APP, METRIC_RST_TO_DB, METRIC_FIN_TO_APP, METRIC_FIN_TO_DB, METRIC_SWALLOWED,
    METRIC_FORGOTTEN};

// "errors 1 / 0, delay 2.50s / 973.5s": those that differ.
static void print_differences(
    FILE *file, const struct compare_row *row, const enum metric *metrics, size_t count)
{
    const char *before = "";
    for (size_t i = 0; i < count; i++) {
        char left[METRIC_TEXT_SIZE], right[METRIC_TEXT_SIZE];
        metric_format(metrics[i], row->left->verdict->metrics.value[metrics[i]], left);
        metric_format(metrics[i], row->right->verdict->metrics.value[metrics[i]], right);
        if (strcmp(left, right) == 0)
            continue;
        fprintf(file, "%s%s %s / %s", before, metric_name(metrics[i]), left, right);
        before = ", ";
    }
}

// The caller frees it. NULL: no memory.
static char *word_differences(const struct compare_row *row, const enum metric *metrics, size_t count)
{
    char *text = NULL;
    size_t length;
    FILE *memory = open_memstream(&text, &length);
    if (!memory)
        return NULL;
    print_differences(memory, row, metrics, count);
    if (fclose(memory) == 0)
        return text;
    free(text);
    return NULL;
}

static bool add_differences(
    struct markdown_table *table, const struct compare_row *row, const enum metric *metrics, size_t count)
{
    char *text = word_differences(row, metrics, count);
    if (text != NULL)
        markdown_table_add_text(table, text);
    free(text);
    return text != NULL;
}

static const char *better_of(const struct comparison *comparison, const struct compare_row *row)
{
    const int order = choose_between(row->left, row->right);
    return order == 0 ? NULL : order < 0 ? comparison->left.subject : comparison->right.subject;
}

// For a terminal: below each other what a table has beside each other.
static bool list_differences(FILE *file, int width, const char *where, const struct compare_row *row,
    const enum metric *metrics, size_t count)
{
    char *text = word_differences(row, metrics, count);
    if (text != NULL && text[0] != '\0')
        terminal_print(file, text, fprintf(file, "  %-13s", where), LIST_INDENT, width);
    free(text);
    return text != NULL;
}

static bool list_choice(
    FILE *file, int width, const struct comparison *comparison, const struct compare_row *row)
{
    const char *better = better_of(comparison, row);
    fprintf(file, "%s\n  impact       %s / %s: ", row->left->scenario,
        impact_name(row->left->verdict->impact), impact_name(row->right->verdict->impact));
    fprintf(file, better != NULL ? "%s does better\n" : "the same\n", better);
    return list_differences(file, width, "application", row, seen, sizeof(seen) / sizeof(seen[0])) &&
           list_differences(file, width, "wire, server", row, causes, sizeof(causes) / sizeof(causes[0]));
}

static bool add_choice_row(
    struct markdown_table *table, const struct comparison *comparison, const struct compare_row *row)
{
    const char *better = better_of(comparison, row);
    markdown_table_add_text(table, row->left->scenario);
    markdown_table_add_text(table, better != NULL ? better : "the same");
    markdown_table_add(
        table, "%s / %s", impact_name(row->left->verdict->impact), impact_name(row->right->verdict->impact));
    return add_differences(table, row, seen, sizeof(seen) / sizeof(seen[0])) &&
           add_differences(table, row, causes, sizeof(causes) / sizeof(causes[0]));
}

static void print_choice_counts(FILE *file, int width, const struct comparison *comparison)
{
    struct choice_counts counts = choose_count(comparison);
    char *text = NULL;
    if (asprintf(&text,
            "%s does better in %zu scenarios, %s in %zu; in %zu nobody would notice a difference.",
            comparison->left.subject, counts.left, comparison->right.subject, counts.right, counts.same) >= 0)
        terminal_print(file, text, 0, 0, width);
    free(text);
}

static bool is_shown(const struct compare_row *row, bool all)
{
    return row->left && row->right && (all || choose_between(row->left, row->right) != 0);
}

static bool list_choices(FILE *file, int width, const struct comparison *comparison, bool all)
{
    for (size_t i = 0; i < comparison->rows_count; i++)
        if (is_shown(&comparison->rows[i], all) &&
            !list_choice(file, width, comparison, &comparison->rows[i]))
            return false;
    return true;
}

static bool tabulate_choices(FILE *file, const struct comparison *comparison, bool all)
{
    static const char *const titles[] = {
        "scenario", "better", "impact", "what the application saw", "on the wire, at the server", NULL};
    struct markdown_table *table = markdown_table_new(titles);
    bool whole = table != NULL;
    for (size_t i = 0; whole && i < comparison->rows_count; i++)
        if (is_shown(&comparison->rows[i], all))
            whole = add_choice_row(table, comparison, &comparison->rows[i]);
    whole = whole && markdown_table_print(file, table);
    markdown_table_free(table);
    return whole;
}

bool report_choose_print(FILE *file, int width, const struct comparison *comparison, bool all)
{
    bool whole = true, any = false;
    for (size_t i = 0; i < comparison->rows_count; i++)
        any = any || is_shown(&comparison->rows[i], all);
    if (any) {
        whole = width == TERMINAL_ANY_WIDTH ? tabulate_choices(file, comparison, all)
                                            : list_choices(file, width, comparison, all);
        fprintf(file, "\nNumbers: %s / %s.\n", comparison->left.subject, comparison->right.subject);
    }
    if (whole)
        print_choice_counts(file, width, comparison);
    return whole;
}
