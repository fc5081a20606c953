// Adding up a run by subjects.
#include "result/league.h"

#include "result/change.h"
#include "verdict/impact.h"

#include <stdlib.h>
#include <string.h>

#define DELAY_MOST_US (86400 * US_PER_S) // what is never answered still adds up

// LEAGUE_HARM in numbers. Never to come back is the worst way to be stuck.
static size_t harm_of(const struct cell_result *cell)
{
    static const size_t weights[IMPACTS] = {
        [IMPACT_DELAYED] = 1, [IMPACT_ERRORS] = 4, [IMPACT_STUCK] = 16, [IMPACT_DATA] = 64};
    const enum impact impact = cell->verdict->impact;
    if (impact == IMPACT_UNKNOWN || league_is_good(cell))
        return 0;
    const bool never = impact == IMPACT_STUCK &&
                       cell->verdict->metrics.value[METRIC_RECOVERY] == METRIC_NEVER;
    return weights[impact] * (never ? 2 : 1) - weights[cell->best];
}

// A metric that is absent counts for nothing.
static int64_t number(const struct cell_result *cell, enum metric metric)
{
    int64_t value = cell->verdict->metrics.value[metric];
    return value == METRIC_ABSENT ? 0 : value;
}

// Absent is the least of all values, never the largest.
static void add_figure(struct league_group *group, enum fear fear, const struct cell_result *cell)
{
    int64_t value = cell->verdict->metrics.value[fear_metric(fear)];
    if (!fear_counts(fear, cell->scenario) || value == METRIC_ABSENT)
        return;
    if (fear_metric_is_summed(fear))
        group->figure = value + (group->figure == METRIC_ABSENT ? 0 : group->figure);
    else if (value > group->figure)
        group->figure = value;
}

static void count_in_group(struct league_row *row, const struct cell_result *cell)
{
    enum fear fear = fear_of(cell->scenario);
    enum impact impact = cell->verdict->impact;
    struct league_group *group = &row->groups[fear];
    if (impact == IMPACT_UNKNOWN)
        return;
    row->impacts[impact]++;
    group->impacts[impact]++;
    if (group->scenarios == 0 || impact < group->best)
        group->best = impact;
    if (group->scenarios == 0 || impact > group->worst)
        group->worst = impact;
    group->scenarios++;
    group->good += league_is_good(cell);
    group->harm += harm_of(cell);
    group->never = group->never || cell->verdict->metrics.value[METRIC_RECOVERY] == METRIC_NEVER;
    add_figure(group, fear, cell);
}

static int64_t capped_delay(const struct cell_result *cell)
{
    int64_t delay_us = number(cell, METRIC_DELAY);
    if (delay_us < IMPACT_DELAY_US)
        return 0;
    return delay_us < DELAY_MOST_US ? delay_us : DELAY_MOST_US;
}

static void count_league_cell(struct league_row *row, const struct cell_result *cell)
{
    enum outcome outcome = cell->verdict->outcome;
    row->outcomes.passed += outcome == OUTCOME_PASS;
    row->outcomes.failed += outcome == OUTCOME_FAIL;
    row->outcomes.errors += outcome == OUTCOME_ERROR;
    row->skipped += outcome == OUTCOME_SKIP;
    if (!league_ran(cell))
        return;
    row->scenarios++;
    row->good += league_is_good(cell);
    row->harm += harm_of(cell);
    row->errors += number(cell, METRIC_ERRORS);
    row->hung += number(cell, METRIC_HUNG);
    row->lost += number(cell, METRIC_LOST);
    row->duplicated += number(cell, METRIC_DUPLICATED);
    row->in_doubt += number(cell, METRIC_IN_DOUBT);
    row->delayed_us += capped_delay(cell);
    count_in_group(row, cell);
    if (cell->verdict->version) {
        row->version = cell->verdict->version;
        row->driver = cell->verdict->driver;
    }
}

static void count_price(const struct league *league, struct league_row *row)
{
    const struct cell_result *cell = league_cell(league, LEAGUE_PRICE_SCENARIO, row->subject);
    if (!cell || cell->verdict->metrics.value[METRIC_MEDIAN] == METRIC_ABSENT)
        return;
    row->price_us = number(cell, METRIC_MEDIAN);
}

static void count_scenarios(struct league *league)
{
    const struct run_result *run = league->run;
    const struct run_order *order = league->order;
    for (size_t i = 0; i < order->count; i++)
        league->seeds = league->seeds || order->by_name[i]->seed != run->seed;
    for (size_t i = order->first; i < run->cells_count; i = order->next_scenario[i]) {
        league->scenarios++;
        league->avoidable += run->cells[i].best == IMPACT_CLEAN;
    }
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_keys(const int64_t keys[][2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int order = compare_numbers(keys[i][0], keys[i][1]);
        if (order != 0)
            return order;
    }
    return 0;
}

// What rows and groups are ranked by before all else.
struct score {
    size_t scenarios, harm, good;
    const size_t *impacts;
};

static struct score score_of_row(const struct league_row *row)
{
    return (struct score){row->scenarios, row->harm, row->good, row->impacts};
}

static struct score score_of_group(const struct league_group *group)
{
    return (struct score){group->scenarios, group->harm, group->good, group->impacts};
}

// Who does the least harm first: a pool that is stuck in one scenario does not make up for it by being clean
// in another two, and one that never recovers is stuck, however few its errors are.
static int compare_scores(struct score a, struct score b)
{
    const int64_t keys[][2] = {
        {-(int64_t)a.scenarios, -(int64_t)b.scenarios}, // sums of fewer scenarios are smaller
        {(int64_t)a.harm, (int64_t)b.harm},
        {-(int64_t)a.good, -(int64_t)b.good},
        {(int64_t)a.impacts[IMPACT_DATA], (int64_t)b.impacts[IMPACT_DATA]},
        {(int64_t)a.impacts[IMPACT_STUCK], (int64_t)b.impacts[IMPACT_STUCK]},
        {(int64_t)a.impacts[IMPACT_ERRORS], (int64_t)b.impacts[IMPACT_ERRORS]},
        {(int64_t)a.impacts[IMPACT_DELAYED], (int64_t)b.impacts[IMPACT_DELAYED]},
    };
    return compare_keys(keys, sizeof(keys) / sizeof(keys[0]));
}

int league_rank(const struct league_row *a, const struct league_row *b)
{
    const int64_t keys[][2] = {
        {a->lost + a->duplicated, b->lost + b->duplicated},
        {a->lost + a->duplicated + a->hung + a->errors, b->lost + b->duplicated + b->hung + b->errors},
        {a->delayed_us, b->delayed_us},
    };
    const int order = compare_scores(score_of_row(a), score_of_row(b));
    return order != 0 ? order : compare_keys(keys, sizeof(keys) / sizeof(keys[0]));
}

int league_group_rank(const struct league_group *a, const struct league_group *b)
{
    const int64_t keys[][2] = {{a->never, b->never}, {a->figure, b->figure}};
    const int order = compare_scores(score_of_group(a), score_of_group(b));
    return order != 0 ? order : compare_keys(keys, sizeof(keys) / sizeof(keys[0]));
}

static int by_rank(const void *left, const void *right)
{
    const struct league_row *a = left, *b = right;
    int order = league_rank(a, b);
    return order != 0 ? order : strcmp(a->subject, b->subject);
}

static int by_subject(const void *left, const void *right)
{
    const struct cell_result *a = *(const struct cell_result *const *)left,
                             *b = *(const struct cell_result *const *)right;
    int order = strcmp(a->subject, b->subject);
    return order != 0 ? order : (a > b) - (a < b);
}

static void begin_row(struct league_row *row, const char *subject)
{
    *row = (struct league_row){.subject = subject, .price_us = METRIC_ABSENT};
    for (int fear = 0; fear < FEARS; fear++)
        row->groups[fear] = (struct league_group){
            .best = IMPACT_UNKNOWN, .worst = IMPACT_UNKNOWN, .figure = METRIC_ABSENT};
}

// Of what a cell of another seed did.
static void count_difference(
    const struct league *league, struct league_row *row, const struct cell_result *other)
{
    const struct cell_result *cell = league_cell(league, other->scenario, other->subject);
    if (!cell || !league_ran(cell) || !league_ran(other) || !change_by_seed(cell, other))
        return;
    row->differs++;
    row->groups[fear_of(cell->scenario)].differs++;
}

// A row for each subject, from its cells in the order of the run.
static void fill_rows(struct league *league, const struct cell_result **cells, const char *const *selection)
{
    const struct run_order *order = league->order;
    memcpy(cells, order->by_name, order->count * sizeof(*cells));
    if (order->count > 0)
        qsort(cells, order->count, sizeof(*cells), by_subject);
    for (size_t i = 0; i < order->count; i++) {
        const char *subject = cells[i]->subject;
        if (!league_is_selected(subject, selection))
            continue;
        if (league->rows_count == 0 || strcmp(league->rows[league->rows_count - 1].subject, subject) != 0)
            begin_row(&league->rows[league->rows_count++], subject);
        struct league_row *row = &league->rows[league->rows_count - 1];
        if (cells[i]->seed == league->run->seed)
            count_league_cell(row, cells[i]);
        else
            count_difference(league, row, cells[i]);
    }
}

static bool add_league_rows(struct league *league, const char *const *selection)
{
    const struct run_result *run = league->run;
    const struct cell_result **cells = calloc(run->cells_count + 1, sizeof(*cells));
    league->rows_count = 0;
    league->rows = calloc(run->cells_count + 1, sizeof(*league->rows));
    bool added = league->rows && cells;
    if (added)
        fill_rows(league, cells, selection);
    free(cells);
    for (size_t i = 0; i < league->rows_count; i++)
        count_price(league, &league->rows[i]);
    if (added)
        qsort(league->rows, league->rows_count, sizeof(*league->rows), by_rank);
    return added;
}

struct league *league_new(const struct run_result *run, const struct subject *const *subjects,
    size_t subjects_count, const char *const *selection)
{
    struct league *league = calloc(1, sizeof(*league));
    if (!league)
        return NULL;
    league->run = run;
    league->order = run_order_new(run);
    if (league->order)
        count_scenarios(league);
    if (league->order && add_league_rows(league, selection) &&
        league_add_findings(league, subjects, subjects_count, selection))
        return league;
    league_free(league);
    return NULL;
}

void league_free(struct league *league)
{
    if (!league)
        return;
    run_order_free(league->order);
    free(league->rows);
    free(league->findings);
    free(league);
}
