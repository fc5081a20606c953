#include "result/change.h"

#include "base/duration.h"

#include <stdlib.h>
#include <string.h>

#define TOLERANCE_US (100 * US_PER_MS)
#define TENTH        10

static const enum metric went_wrong[] = {METRIC_ERRORS, METRIC_HUNG, METRIC_LOST, METRIC_DUPLICATED,
    METRIC_TORN, METRIC_DEAF, METRIC_OVERDUE, METRIC_IN_DOUBT};
static const enum metric figures[] = {
    METRIC_DELAY, METRIC_RECOVERY, METRIC_MEDIAN, METRIC_PINGS, METRIC_CONNECTS, METRIC_LEAKED_BACKENDS};

// A count that a baseline leaves out is none.
static int64_t changed_value_of(const struct cell_result *cell, enum metric metric)
{
    int64_t value = cell->verdict->metrics.value[metric];
    return value == METRIC_ABSENT && metric_unit(metric) != RANGE_DURATION ? 0 : value;
}

bool change_is_same_value(enum metric metric, int64_t a, int64_t b)
{
    if (a == b || metric_unit(metric) != RANGE_DURATION)
        return a == b;
    if (a == METRIC_ABSENT || b == METRIC_ABSENT || a == METRIC_NEVER || b == METRIC_NEVER)
        return false;
    return llabs(a - b) <= TOLERANCE_US + (a > b ? a : b) / TENTH;
}

static bool are_same(
    const struct cell_result *a, const struct cell_result *b, const enum metric *metrics, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!change_is_same_value(
                metrics[i], changed_value_of(a, metrics[i]), changed_value_of(b, metrics[i])))
            return false;
    return true;
}

static bool says(const struct cell_result *cell, const char *text)
{
    for (size_t i = 0; i < cell->texts.count; i++)
        if (strcmp(cell->texts.items[i].text, text) == 0)
            return true;
    return false;
}

static bool have_same_words(const struct cell_result *a, const struct cell_result *b)
{
    for (size_t i = 0; i < a->texts.count; i++)
        if (!says(b, a->texts.items[i].text))
            return false;
    return a->texts.count == b->texts.count;
}

enum change change_between(const struct cell_result *before, const struct cell_result *now)
{
    if (now->verdict->impact != before->verdict->impact)
        return now->verdict->impact > before->verdict->impact ? CHANGE_WORSE : CHANGE_BETTER;
    if (!are_same(before, now, went_wrong, sizeof(went_wrong) / sizeof(went_wrong[0])) ||
        !are_same(before, now, figures, sizeof(figures) / sizeof(figures[0])))
        return CHANGE_FIGURES;
    return have_same_words(before, now) ? CHANGE_NONE : CHANGE_WORDS;
}

bool change_by_seed(const struct cell_result *cell, const struct cell_result *other)
{
    return cell->verdict->impact != other->verdict->impact ||
           !are_same(cell, other, went_wrong, sizeof(went_wrong) / sizeof(went_wrong[0]));
}
