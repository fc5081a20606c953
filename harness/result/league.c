// Adding up a run by subjects.
#include "result/league.h"

#include "verdict/impact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DELAY_MOST_US (86400 * US_PER_S) // what is never answered still adds up

bool league_ran(const struct cell_result *cell)
{
    return cell->verdict && cell->verdict->outcome != OUTCOME_SKIP;
}

bool league_is_good(const struct cell_result *cell)
{
    enum impact impact = cell->verdict->impact;
    return league_ran(cell) && impact != IMPACT_UNKNOWN && impact <= cell->best;
}

const struct cell_result *league_cell(const struct league *league, const char *scenario, const char *subject)
{
    return run_order_find(league->order, scenario, subject);
}

// "pqpool:none" is of "pqpool" and of "pqpool:none".
static bool is_row_of(const char *subject, const char *wanted)
{
    size_t length = strlen(wanted);
    return strncmp(subject, wanted, length) == 0 && (subject[length] == '\0' || subject[length] == ':');
}

static bool is_selected(const char *subject, const char *const *selection)
{
    for (size_t i = 0; selection && selection[i]; i++)
        if (is_row_of(subject, selection[i]))
            return true;
    return !selection;
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
    if (group->scenarios == 0 || impact < group->best)
        group->best = impact;
    if (group->scenarios == 0 || impact > group->worst)
        group->worst = impact;
    group->scenarios++;
    group->good += league_is_good(cell);
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
    for (size_t i = order->first; i < run->cells_count; i = order->next_scenario[i]) {
        league->scenarios++;
        league->avoidable += run->cells[i].best == IMPACT_CLEAN;
    }
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

// Who is as good as can be in most scenarios first; then what weighs most, the worst impact first: a pool
// that never recovers is stuck, however few its errors are.
int league_rank(const struct league_row *a, const struct league_row *b)
{
    const int64_t keys[][2] = {
        {-(int64_t)a->scenarios, -(int64_t)b->scenarios}, // sums of fewer scenarios are smaller
        {-(int64_t)a->good, -(int64_t)b->good},
        {(int64_t)a->impacts[IMPACT_DATA], (int64_t)b->impacts[IMPACT_DATA]},
        {(int64_t)a->impacts[IMPACT_STUCK], (int64_t)b->impacts[IMPACT_STUCK]},
        {(int64_t)a->impacts[IMPACT_ERRORS], (int64_t)b->impacts[IMPACT_ERRORS]},
        {(int64_t)a->impacts[IMPACT_DELAYED], (int64_t)b->impacts[IMPACT_DELAYED]},
        {a->lost + a->duplicated, b->lost + b->duplicated},
        {a->lost + a->duplicated + a->hung + a->errors, b->lost + b->duplicated + b->hung + b->errors},
        {a->delayed_us, b->delayed_us},
    };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        int order = compare_numbers(keys[i][0], keys[i][1]);
        if (order != 0)
            return order;
    }
    return 0;
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

// A row for each subject, from its cells in the order of the run.
static void fill_rows(struct league *league, const struct cell_result **cells, const char *const *selection)
{
    const struct run_order *order = league->order;
    memcpy(cells, order->by_name, order->count * sizeof(*cells));
    if (order->count > 0)
        qsort(cells, order->count, sizeof(*cells), by_subject);
    for (size_t i = 0; i < order->count; i++) {
        const char *subject = cells[i]->subject;
        if (!is_selected(subject, selection))
            continue;
        if (league->rows_count == 0 || strcmp(league->rows[league->rows_count - 1].subject, subject) != 0)
            begin_row(&league->rows[league->rows_count++], subject);
        count_league_cell(&league->rows[league->rows_count - 1], cells[i]);
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

static const struct subject_condition *broken_condition(
    const struct subject_finding *finding, const struct cell_result *cell)
{
    for (size_t i = 0; i < finding->conditions_count; i++) {
        const struct subject_condition *condition = &finding->conditions[i];
        if (!metric_is_in(cell->verdict->metrics.value[condition->metric], condition->range))
            return condition;
    }
    return NULL;
}

static bool add_findings(
    struct league *league, const struct subject *const *subjects, size_t count, const char *const *selection)
{
    size_t all = 0;
    for (size_t i = 0; i < count; i++)
        all += subjects[i]->findings_count;
    league->findings = calloc(all + 1, sizeof(*league->findings));
    for (size_t i = 0; league->findings && i < count; i++) {
        for (size_t j = 0; j < subjects[i]->findings_count; j++) {
            const struct subject_finding *finding = &subjects[i]->findings[j];
            char name[256];
            snprintf(name, sizeof(name), "%s:%s", subjects[i]->name, finding->strategy);
            if (!is_selected(name, selection))
                continue;
            const struct cell_result *cell = league_cell(league, finding->scenario, name);
            if (cell && !league_ran(cell))
                cell = NULL;
            league->findings[league->findings_count++] = (struct league_finding){
                subjects[i], finding, cell, cell ? broken_condition(finding, cell) : NULL};
        }
    }
    return league->findings != NULL;
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
        add_findings(league, subjects, subjects_count, selection))
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

static void print_value(FILE *file, const char *name, const struct cell_result *cell)
{
    char value[METRIC_TEXT_SIZE];
    enum metric metric;
    if (strcmp(name, "error") == 0)
        fputs(cell->texts.count > 0 ? cell->texts.items[0].text : "no error", file);
    else if (metric_by_name(name, &metric))
        fputs(metric_format(metric, cell->verdict->metrics.value[metric], value), file);
}

char *league_finding_text(const struct league_finding *finding)
{
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    if (!file)
        return NULL;
    const char *at = finding->finding->says;
    for (size_t plain = strcspn(at, "{"); *at; plain = strcspn(at, "{")) {
        fwrite(at, 1, plain, file);
        at += plain;
        if (*at) {
            char name[64];
            snprintf(name, sizeof(name), "%.*s", (int)strcspn(at + 1, "}"), at + 1);
            print_value(file, name, finding->cell);
            at = strchr(at, '}') + 1; // the manifest's reader has seen to it
        }
    }
    if (fclose(file) == 0)
        return text;
    free(text);
    return NULL;
}

size_t league_broken_findings(const struct league *league)
{
    size_t broken = 0;
    for (size_t i = 0; i < league->findings_count; i++)
        broken += league->findings[i].broken != NULL;
    return broken;
}
