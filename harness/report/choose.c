#include "report/choose.h"

#include "base/markdown_table.h"
#include "result/choose.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

static bool add_differences(
    struct markdown_table *table, const struct compare_row *row, const enum metric *metrics, size_t count)
{
    char *text = NULL;
    size_t length;
    FILE *memory = open_memstream(&text, &length);
    if (!memory)
        return false;
    print_differences(memory, row, metrics, count);
    bool whole = fclose(memory) == 0;
    if (whole)
        markdown_table_add_text(table, text);
    free(text);
    return whole;
}

static bool add_choice_row(
    struct markdown_table *table, const struct comparison *comparison, const struct compare_row *row)
{
    int order = choose_between(row->left, row->right);
    const char *better = order < 0 ? comparison->left.subject : comparison->right.subject;
    markdown_table_add_text(table, row->left->scenario);
    markdown_table_add_text(table, order == 0 ? "the same" : better);
    markdown_table_add(
        table, "%s / %s", impact_name(row->left->verdict->impact), impact_name(row->right->verdict->impact));
    return add_differences(table, row, seen, sizeof(seen) / sizeof(seen[0])) &&
           add_differences(table, row, causes, sizeof(causes) / sizeof(causes[0]));
}

static void print_choice_counts(FILE *file, const struct comparison *comparison)
{
    struct choice_counts counts = choose_count(comparison);
    fprintf(file, "%s does better in %zu scenarios, %s in %zu; in %zu nobody would notice a difference.\n",
        comparison->left.subject, counts.left, comparison->right.subject, counts.right, counts.same);
}

bool report_choose_print(FILE *file, const struct comparison *comparison, bool all)
{
    static const char *const titles[] = {
        "scenario", "better", "impact", "what the application saw", "on the wire, at the server", NULL};
    struct markdown_table *table = markdown_table_new(titles);
    bool whole = table != NULL, any = false;
    for (size_t i = 0; whole && i < comparison->rows_count; i++) {
        const struct compare_row *row = &comparison->rows[i];
        if (!row->left || !row->right || (!all && choose_between(row->left, row->right) == 0))
            continue;
        whole = add_choice_row(table, comparison, row);
        any = true;
    }
    whole = whole && (!any || markdown_table_print(file, table));
    markdown_table_free(table);
    if (any)
        fprintf(file, "\nNumbers: %s / %s.\n", comparison->left.subject, comparison->right.subject);
    if (whole)
        print_choice_counts(file, comparison);
    return whole;
}
