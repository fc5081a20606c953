// A comparison for a person (a Markdown table) and for a program (JSON).
#include "report/compare.h"

#include "base/duration.h"
#include "base/markdown_table.h"
#include "report/internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct cell_result *any_of(const struct compare_row *row)
{
    return row->left ? row->left : row->right;
}

// "2", "2 / 1" where it differs, and that in bold where it must not.
static void add_metric(struct markdown_table *table, const struct compare_row *row, enum metric metric)
{
    char left[METRIC_TEXT_SIZE], right[METRIC_TEXT_SIZE];
    if (row->left)
        metric_format(metric, row->left->verdict->metrics.value[metric], left);
    if (row->right)
        metric_format(metric, row->right->verdict->metrics.value[metric], right);
    if (!row->left || !row->right)
        markdown_table_add(table, "%s", row->left ? left : right);
    else if (row->metrics[metric])
        markdown_table_add(table, "**%s / %s**", left, right);
    else if (strcmp(left, right) != 0)
        markdown_table_add(table, "%s / %s", left, right);
    else
        markdown_table_add(table, "%s", left);
}

static bool has_column(enum metric metric)
{
    for (size_t i = 0; i < report_columns_count; i++)
        if (report_columns[i].metric == metric)
            return true;
    return false;
}

// What has no column of its own: "rst_to_app 2 / 1, texts".
static void print_rest(FILE *file, const struct compare_row *row)
{
    const char *before = "";
    for (int i = 0; i < METRIC_KINDS; i++) {
        enum metric metric = (enum metric)i;
        char left[METRIC_TEXT_SIZE], right[METRIC_TEXT_SIZE];
        if (has_column(metric) || (!row->metrics[metric] && !row->shown[metric]))
            continue;
        const char *bold = row->metrics[metric] ? "**" : "";
        fprintf(file, "%s%s%s %s / %s%s", before, bold, metric_name(metric),
            metric_format(metric, row->left->verdict->metrics.value[metric], left),
            metric_format(metric, row->right->verdict->metrics.value[metric], right), bold);
        before = ", ";
    }
    if (row->texts)
        fprintf(file, "%s**error texts**", before);
    if (row->because)
        fprintf(file, "%s%s%s", *before || row->texts ? "; " : "", row->because,
            compare_row_differs(row) ? "" : " (**this is no longer so**)");
}

static void add_rest(struct markdown_table *table, const struct compare_row *row)
{
    char *text = NULL;
    size_t length;
    FILE *memory = open_memstream(&text, &length);
    if (memory)
        print_rest(memory, row);
    bool printed = memory && fclose(memory) == 0;
    // What could not be said must not look as if there were nothing to say.
    markdown_table_add(table, "%s", printed ? text : "out of memory");
    free(text);
}

static const char *bytes_of(const struct compare_row *row)
{
    if (!row->bytes_known)
        return "-";
    return row->bytes ? "same" : "differ";
}

static void add_verdict(struct markdown_table *table, const struct compare_row *row)
{
    if (!row->left || !row->right)
        markdown_table_add(table, "%s only", row->left ? "left" : "right");
    else if (row->verdict)
        markdown_table_add(
            table, "**%s / %s**", report_verdict_word(row->left), report_verdict_word(row->right));
    else
        markdown_table_add(table, "%s", report_verdict_word(row->left));
}

static void add_compare_row(
    struct markdown_table *table, const struct comparison *comparison, const struct compare_row *row)
{
    markdown_table_add_text(table, any_of(row)->scenario);
    if (!comparison->left.subject)
        markdown_table_add_text(table, any_of(row)->subject);
    add_verdict(table, row);
    for (size_t i = 0; i < report_columns_count; i++)
        add_metric(table, row, report_columns[i].metric);
    if (comparison->rules == COMPARE_RUNS)
        markdown_table_add(table, "%s", bytes_of(row));
    add_rest(table, row);
}

// "scenario | subject | verdict | ops ... | bytes | also"
static struct markdown_table *table_for(const struct comparison *comparison)
{
    const char *titles[32] = {"scenario"};
    char right[32][24];
    size_t count = 1;
    if (!comparison->left.subject)
        titles[count++] = "subject";
    titles[count++] = "verdict";
    for (size_t i = 0; i < report_columns_count; i++, count++) {
        snprintf(right[count], sizeof(right[count]), ">%s", report_columns[i].title);
        titles[count] = right[count];
    }
    if (comparison->rules == COMPARE_RUNS)
        titles[count++] = "bytes";
    titles[count] = "also";
    return markdown_table_new(titles);
}

static void print_summary(FILE *file, const struct comparison *comparison)
{
    struct compare_counts counts = comparison_count(comparison);
    fprintf(file, "%zu cells agree", counts.same);
    if (comparison->rules == COMPARE_RUNS)
        fprintf(file, " (%zu byte by byte)", counts.same_bytes);
    fprintf(file, ", %zu differ", counts.differ);
    if (counts.explained + counts.explained_wrongly > 0)
        fprintf(file, ", %zu differ as explained, %zu explanations are no longer so", counts.explained,
            counts.explained_wrongly);
    if (counts.only_left + counts.only_right > 0)
        fprintf(file, ", %zu only left, %zu only right", counts.only_left, counts.only_right);
    fputs(".\n", file);
    if (comparison->rules == COMPARE_LABS) {
        char tolerance[DURATION_TEXT_SIZE];
        fprintf(file, "Times agree when they differ by no more than %s and a tenth of the longer one.\n",
            duration_format(comparison->tolerance.us, tolerance));
    }
}

bool report_compare_print(FILE *file, const struct comparison *comparison, bool all)
{
    struct markdown_table *table = table_for(comparison);
    size_t rows = 0;
    for (size_t i = 0; table && i < comparison->rows_count; i++)
        if (all || compare_row_differs(&comparison->rows[i]) || comparison->rows[i].because) {
            add_compare_row(table, comparison, &comparison->rows[i]);
            rows++;
        }
    bool printed = table && (rows == 0 || markdown_table_print(file, table));
    markdown_table_free(table);
    if (rows > 0)
        fputs("\nLeft / right where they differ, in bold where they must not.\n", file);
    print_summary(file, comparison);
    return printed;
}

static json_t *value_to_json(const struct cell_result *cell, enum metric metric)
{
    int64_t value = cell->verdict->metrics.value[metric];
    if (value == METRIC_ABSENT)
        return json_null();
    return metric_unit(metric) == RANGE_DURATION ? json_real((double)value / US_PER_MS) : json_integer(value);
}

static json_t *compare_metrics_to_json(const struct compare_row *row, const bool chosen[METRIC_KINDS])
{
    json_t *json = json_object();
    for (int i = 0; row->left && row->right && i < METRIC_KINDS; i++) {
        enum metric metric = (enum metric)i;
        if (chosen[metric])
            json_object_set_new(json, metric_json_name(metric),
                json_pack("[o, o]", value_to_json(row->left, metric), value_to_json(row->right, metric)));
    }
    return json;
}

static json_t *verdict_to_json(const struct cell_result *cell)
{
    return cell ? json_string(outcome_name(cell->verdict->outcome)) : json_null();
}

static json_t *compare_row_to_json(const struct compare_row *row)
{
    const struct cell_result *right = row->right ? row->right : row->left;
    return json_pack("{s:s, s:[s, s], s:I, s:b, s:[o, o], s:o, s:o, s:b, s:o, s:s?}", "scenario",
        any_of(row)->scenario, "subjects", any_of(row)->subject, right->subject, "seed",
        (json_int_t)any_of(row)->seed, "agrees", !compare_row_differs(row), "verdicts",
        verdict_to_json(row->left), verdict_to_json(row->right), "differs",
        compare_metrics_to_json(row, row->metrics), "shown", compare_metrics_to_json(row, row->shown),
        "texts_differ", row->texts, "same_bytes", row->bytes_known ? json_boolean(row->bytes) : json_null(),
        "because", row->because);
}

json_t *report_compare_to_json(const struct comparison *comparison)
{
    static const char *const rules[] = {
        [COMPARE_RUNS] = "runs", [COMPARE_LABS] = "labs", [COMPARE_SUBJECTS] = "subjects"};
    struct compare_counts counts = comparison_count(comparison);
    json_t *rows = json_array();
    for (size_t i = 0; rows && i < comparison->rows_count; i++)
        json_array_append_new(rows, compare_row_to_json(&comparison->rows[i]));
    return json_pack("{s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "schema", "hangup-compare/1",
        "rules", rules[comparison->rules], "agrees", comparison_agrees(comparison), "same",
        (json_int_t)counts.same, "same_bytes", (json_int_t)counts.same_bytes, "differ",
        (json_int_t)counts.differ, "explained", (json_int_t)counts.explained, "only_left",
        (json_int_t)counts.only_left, "only_right", (json_int_t)counts.only_right, "rows", rows);
}
