#include "result/upgrade.h"

#include <stdlib.h>
#include <string.h>

// "psycopg_pool:none" and "psycopg_pool:check" are settings of one pool.
static bool are_of_one_pool(const char *a, const char *b)
{
    size_t length = strcspn(a, ":");
    return length == strcspn(b, ":") && strncmp(a, b, length) == 0;
}

static bool can_be_held_against(const struct cell_result *cell)
{
    return cell && league_ran(cell) && cell->verdict->impact != IMPACT_UNKNOWN;
}

// -1, 0 or 1: what the image does to the impact.
static int step_of_impact(const struct cell_result *before, const struct cell_result *now)
{
    const enum impact was = before->verdict->impact, is = now->verdict->impact;
    return (is > was) - (is < was);
}

static void look_at_seeds(struct upgrade *upgrade, struct upgrade_cell *cell)
{
    const struct cell_result *before = cell->before;
    size_t count, seeds = 1;
    const struct cell_result *const *twins = run_order_find_all(
        upgrade->before->order, before->scenario, before->subject, &count);
    for (size_t i = 0; i < count; i++) {
        const struct cell_result *now = run_order_find_seed(
            upgrade->now->order, before->scenario, before->subject, twins[i]->seed);
        if (twins[i]->seed == before->seed || !can_be_held_against(twins[i]) || !can_be_held_against(now))
            continue;
        seeds++;
        cell->by_seed = cell->by_seed || step_of_impact(twins[i], now) != step_of_impact(before, cell->now);
    }
    upgrade->seeds = seeds > upgrade->seeds ? seeds : upgrade->seeds;
}

static void add_upgrade_cell(struct upgrade *upgrade, const struct cell_result *before)
{
    const uint64_t seed = upgrade->before->run->seed;
    const struct cell_result *now = run_order_find_seed(
        upgrade->now->order, before->scenario, before->subject, seed);
    if (!can_be_held_against(before))
        return;
    if (!can_be_held_against(now)) {
        upgrade->only_before++;
        return;
    }
    struct upgrade_cell *cell = &upgrade->cells[upgrade->cells_count++];
    *cell = (struct upgrade_cell){before, now, change_between(before, now), false};
    if (upgrade->before->seeds && upgrade->now->seeds)
        look_at_seeds(upgrade, cell);
}

static int by_upgraded_subject(const void *left, const void *right)
{
    const struct cell_result *a = ((const struct upgrade_cell *)left)->before,
                             *b = ((const struct upgrade_cell *)right)->before;
    int order = strcmp(a->subject, b->subject);
    return order != 0 ? order : strcmp(a->scenario, b->scenario);
}

static const struct league_row *find_league_row(const struct league *league, const char *subject)
{
    for (size_t i = 0; i < league->rows_count; i++)
        if (strcmp(league->rows[i].subject, subject) == 0)
            return &league->rows[i];
    return NULL;
}

static void fill_upgrade_rows(struct upgrade *upgrade)
{
    struct upgrade_row *row = NULL;
    for (size_t i = 0; i < upgrade->cells_count; i++) {
        const struct upgrade_cell *cell = &upgrade->cells[i];
        if (!row || strcmp(row->before->subject, cell->before->subject) != 0) {
            row = &upgrade->rows[upgrade->rows_count++];
            *row = (struct upgrade_row){.before = find_league_row(upgrade->before, cell->before->subject),
                .now = find_league_row(upgrade->now, cell->before->subject),
                .first = i};
        }
        row->cells++;
        row->changes[cell->change]++;
        row->by_seed += cell->by_seed;
        upgrade->changes[cell->change]++;
        upgrade->by_seed += cell->by_seed;
    }
}

static bool is_in_league(const struct league *league, const struct cell_result *cell)
{
    return cell->seed == league->run->seed && find_league_row(league, cell->subject);
}

static void fill_upgrade(struct upgrade *upgrade)
{
    const struct run_order *before = upgrade->before->order, *now = upgrade->now->order;
    for (size_t i = 0; i < before->count; i++)
        if (is_in_league(upgrade->before, before->by_name[i]) &&
            find_league_row(upgrade->now, before->by_name[i]->subject))
            add_upgrade_cell(upgrade, before->by_name[i]);
        else if (is_in_league(upgrade->before, before->by_name[i]))
            upgrade->only_before++;
    for (size_t i = 0; i < now->count; i++)
        if (now->by_name[i]->seed == upgrade->before->run->seed && can_be_held_against(now->by_name[i]) &&
            find_league_row(upgrade->now, now->by_name[i]->subject) &&
            !can_be_held_against(run_order_find_seed(
                before, now->by_name[i]->scenario, now->by_name[i]->subject, now->by_name[i]->seed)))
            upgrade->only_now++;
    if (upgrade->cells_count > 0)
        qsort(upgrade->cells, upgrade->cells_count, sizeof(*upgrade->cells), by_upgraded_subject);
    fill_upgrade_rows(upgrade);
}

struct upgrade *upgrade_new(const struct league *before, const struct league *now)
{
    struct upgrade *upgrade = calloc(1, sizeof(*upgrade));
    if (!upgrade)
        return NULL;
    *upgrade = (struct upgrade){.before = before,
        .now = now,
        .cells = calloc(before->order->count + 1, sizeof(*upgrade->cells)),
        .rows = calloc(before->rows_count + 1, sizeof(*upgrade->rows)),
        .seeds = 1};
    if (upgrade->cells && upgrade->rows) {
        fill_upgrade(upgrade);
        return upgrade;
    }
    upgrade_free(upgrade);
    return NULL;
}

void upgrade_free(struct upgrade *upgrade)
{
    if (!upgrade)
        return;
    free(upgrade->cells);
    free(upgrade->rows);
    free(upgrade);
}

static int worst_of(const struct upgrade_cell *cell)
{
    const int was = (int)cell->before->verdict->impact, is = (int)cell->now->verdict->impact;
    return was > is ? was : is;
}

static int length_of_step(const struct upgrade_cell *cell)
{
    return abs((int)cell->before->verdict->impact - (int)cell->now->verdict->impact);
}

static bool changes_impact(const struct upgrade_cell *cell)
{
    return cell->change >= CHANGE_BETTER;
}

static int64_t gone_wrong(const struct cell_result *cell)
{
    const int64_t *value = cell->verdict->metrics.value;
    return value[METRIC_ERRORS] + value[METRIC_HUNG] + value[METRIC_LOST] + value[METRIC_DUPLICATED];
}

int upgrade_rank(const struct upgrade_cell *a, const struct upgrade_cell *b)
{
    const int64_t keys[][2] = {
        {!changes_impact(a), !changes_impact(b)},
        {a->by_seed, b->by_seed}, // chance does it as well
        {-worst_of(a), -worst_of(b)},
        {-length_of_step(a), -length_of_step(b)},
        {-llabs(gone_wrong(a->now) - gone_wrong(a->before)),
            -llabs(gone_wrong(b->now) - gone_wrong(b->before))},
    };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    return 0;
}

static int by_upgrade_rank(const void *left, const void *right)
{
    const struct upgrade_cell *a = *(const struct upgrade_cell *const *)left,
                              *b = *(const struct upgrade_cell *const *)right;
    int order = upgrade_rank(a, b);
    return order != 0 ? order : (a > b) - (a < b); // all lie in one array
}

static bool are_alike_steps(const struct upgrade_cell *a, const struct upgrade_cell *b)
{
    return a->change == b->change && are_of_one_pool(a->before->subject, b->before->subject) &&
           a->before->verdict->impact == b->before->verdict->impact &&
           a->now->verdict->impact == b->now->verdict->impact;
}

// Whether one like it is chosen already.
static bool is_one_more(
    const struct upgrade_cell *cell, const struct upgrade_cell **chosen, size_t *alike, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (are_alike_steps(cell, chosen[i])) {
            alike[i]++;
            return true;
        }
    return false;
}

size_t upgrade_choose(
    const struct upgrade *upgrade, size_t most, const struct upgrade_cell **cells, size_t *alike)
{
    const struct upgrade_cell **sorted = calloc(upgrade->cells_count + 1, sizeof(*sorted));
    if (!sorted)
        return 0;
    size_t changed = 0, count = 0;
    for (size_t i = 0; i < upgrade->cells_count; i++)
        if (upgrade->cells[i].change >= CHANGE_FIGURES)
            sorted[changed++] = &upgrade->cells[i];
    if (changed > 0)
        qsort(sorted, changed, sizeof(*sorted), by_upgrade_rank);
    for (size_t i = 0; i < changed; i++)
        if (!is_one_more(sorted[i], cells, alike, count) && count < most) {
            alike[count] = 0;
            cells[count++] = sorted[i];
        }
    free(sorted);
    return count;
}
