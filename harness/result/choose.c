#include "result/choose.h"

#include "verdict/impact.h"

static int compare_for_choice(int64_t left, int64_t right)
{
    return (left > right) - (left < right);
}

// A run that was stored before a metric was there does not have it.
static int64_t measured(const struct cell_result *cell, enum metric metric)
{
    int64_t value = cell->verdict->metrics.value[metric];
    return value == METRIC_ABSENT ? 0 : value;
}

static int64_t wrong_rows(const struct cell_result *cell)
{
    return measured(cell, METRIC_LOST) + measured(cell, METRIC_DUPLICATED) + measured(cell, METRIC_TORN) +
           measured(cell, METRIC_DEAF);
}

static int64_t bad_operations(const struct cell_result *cell)
{
    const int64_t *value = cell->verdict->metrics.value;
    return value[METRIC_ERRORS] + value[METRIC_HUNG] + wrong_rows(cell);
}

// What is over sooner than people notice is all the same.
static int64_t noticed_delay(const struct cell_result *cell)
{
    int64_t value = cell->verdict->metrics.value[METRIC_DELAY];
    return value < IMPACT_DELAY_US ? 0 : value;
}

int choose_between(const struct cell_result *left, const struct cell_result *right)
{
    const int64_t keys[][2] = {
        {left->verdict->impact, right->verdict->impact},
        {wrong_rows(left), wrong_rows(right)},
        {bad_operations(left), bad_operations(right)},
        {noticed_delay(left), noticed_delay(right)},
    };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        int order = compare_for_choice(keys[i][0], keys[i][1]);
        if (order != 0)
            return order;
    }
    return 0;
}

struct choice_counts choose_count(const struct comparison *comparison)
{
    struct choice_counts counts = {0};
    for (size_t i = 0; i < comparison->rows_count; i++) {
        const struct compare_row *row = &comparison->rows[i];
        if (!row->left || !row->right)
            continue;
        int order = choose_between(row->left, row->right);
        counts.left += order < 0;
        counts.right += order > 0;
        counts.same += order == 0;
    }
    return counts;
}
