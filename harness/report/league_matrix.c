#include "report/league_matrix.h"

#include "base/duration.h"
#include "base/markdown.h"
#include "report/league_cell.h"
#include "report/league_table.h"
#include "result/change.h"
#include "verdict/impact.h"

#include <stdlib.h>
#include <string.h>

static bool differs_by_seed(const struct league *league, const struct cell_result *cell)
{
    size_t count;
    const struct cell_result *const *all = run_order_find_all(
        league->order, cell->scenario, cell->subject, &count);
    for (size_t i = 0; i < count; i++)
        if (league_ran(all[i]) && change_by_seed(cell, all[i]))
            return true;
    return false;
}

static void add_matrix_cell(
    struct markdown_table *table, const struct league *league, const struct cell_result *cell)
{
    if (!cell || !league_ran(cell) || cell->verdict->outcome == OUTCOME_ERROR) {
        markdown_table_add(table, "%s", cell ? outcome_name(cell->verdict->outcome) : "");
        return;
    }
    char *text = league_cell_text(cell);
    markdown_table_add(table, "%s%s", text ? text : "out of memory",
        differs_by_seed(league, cell) ? " " LEAGUE_BY_SEED : "");
    free(text);
}

static const char *setting_of_row(const struct league_row *row)
{
    const char *colon = strchr(row->subject, ':');
    return colon ? colon + 1 : row->subject;
}

static struct markdown_table *matrix_of(
    const struct league *league, const struct league_row *const *rows, size_t count)
{
    const struct run_result *run = league->run;
    const struct run_order *order = league->order;
    const char **titles = calloc(count + 2, sizeof(*titles));
    if (!titles)
        return NULL;
    titles[0] = "scenario";
    for (size_t i = 0; i < count; i++)
        titles[1 + i] = setting_of_row(rows[i]);
    struct markdown_table *table = markdown_table_new(titles);
    free(titles);
    for (size_t i = order->first; table && i < run->cells_count; i = order->next_scenario[i]) {
        markdown_table_add_text(table, run->cells[i].scenario);
        for (size_t j = 0; j < count; j++)
            add_matrix_cell(table, league, league_cell(league, run->cells[i].scenario, rows[j]->subject));
    }
    return table;
}

// The first of the rows, as many as fit; one at least. Returns how many.
static size_t print_matrix_part(
    FILE *file, const struct league *league, const struct league_row *const *rows, size_t count)
{
    struct markdown_table *table = matrix_of(league, rows, count);
    while (table && count > 1 && markdown_table_width(table) > LEAGUE_COLUMNS) {
        markdown_table_free(table);
        table = matrix_of(league, rows, --count);
    }
    fputc('\n', file);
    league_table_print(file, table);
    return count;
}

static int by_pool(const void *left, const void *right)
{
    const struct league_row *a = *(const struct league_row *const *)left,
                            *b = *(const struct league_row *const *)right;
    const size_t of_a = strcspn(a->subject, ":"), of_b = strcspn(b->subject, ":");
    int order = strncmp(a->subject, b->subject, of_a < of_b ? of_a : of_b);
    if (order == 0)
        order = (of_a > of_b) - (of_a < of_b);
    return order != 0 ? order : (a > b) - (a < b); // the best setting first
}

static size_t settings_of_pool(const struct league_row *const *rows, size_t count)
{
    size_t end = 1;
    const size_t length = strcspn(rows[0]->subject, ":");
    while (end < count && strcspn(rows[end]->subject, ":") == length &&
           strncmp(rows[end]->subject, rows[0]->subject, length) == 0)
        end++;
    return end;
}

static void print_pools(
    FILE *file, const struct league *league, const struct league_row *const *rows, size_t count)
{
    for (size_t first = 0, end; first < count; first = end) {
        end = first + settings_of_pool(rows + first, count - first);
        fprintf(file, "\n### %.*s\n", (int)strcspn(rows[first]->subject, ":"), rows[first]->subject);
        for (size_t i = first; i < end;)
            i += print_matrix_part(file, league, rows + i, end - i);
    }
}

void league_matrix_print(FILE *file, const struct league *league)
{
    char slow[DURATION_TEXT_SIZE];
    const size_t count = league_rows_that_ran(league);
    const struct league_row **rows = calloc(count + 1, sizeof(*rows));
    fprintf(file,
        "\n## Every scenario, pool by pool\n\n"
        "A dot: clean. err, hung, in doubt, lost, duplicated: operations; a time: the longest delay, from %s "
        "on.\n",
        duration_format(IMPACT_DELAY_US, slow));
    for (size_t i = 0; rows && i < count; i++)
        rows[i] = &league->rows[i];
    if (rows && count > 0)
        qsort(rows, count, sizeof(*rows), by_pool);
    if (rows)
        print_pools(file, league, rows, count);
    free(rows);
}
