#include "verdict/impact.h"

enum impact impact_of(const struct metrics *metrics)
{
    const int64_t *value = metrics->value;
    if (value[METRIC_OPS] == METRIC_ABSENT)
        return IMPACT_UNKNOWN;
    if (value[METRIC_LOST] > 0 || value[METRIC_DUPLICATED] > 0 || value[METRIC_TORN] > 0 ||
        value[METRIC_DEAF] > 0)
        return IMPACT_DATA;
    if (value[METRIC_HUNG] > 0 || value[METRIC_DELAY] >= IMPACT_STUCK_US ||
        value[METRIC_RECOVERY] == METRIC_NEVER)
        return IMPACT_STUCK;
    if (value[METRIC_ERRORS] > 0)
        return IMPACT_ERRORS;
    return value[METRIC_DELAY] >= IMPACT_DELAY_US ? IMPACT_DELAYED : IMPACT_CLEAN;
}
