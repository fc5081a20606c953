// Durations as people write them, and back.
#include "base/duration.h"

#include "base/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define US_PER_HOUR (3600 * US_PER_S)

static const struct quantity_unit units[] = {
    {"us", 1},
    {"ms", US_PER_MS},
    {"s", US_PER_S},
    {"min", 60 * US_PER_S},
    {"h", US_PER_HOUR},
    {NULL, 0},
};

static const char *const reasons[QUANTITY_RESULTS] = {
    [QUANTITY_MALFORMED] = "expected a duration such as 10ms, 350s or 2h",
    [QUANTITY_NEGATIVE] = "expected a duration of 0 or more",
    [QUANTITY_NO_UNIT] = "the unit is missing: expected us, ms, s, min or h",
    [QUANTITY_UNKNOWN_UNIT] = "unknown unit: expected us, ms, s, min or h",
    [QUANTITY_TOO_FINE] = "expected whole microseconds",
    [QUANTITY_TOO_LARGE] = "expected at most 10000h",
};

bool duration_parse(const char *text, int64_t *duration_us, const char **why)
{
    if (strcmp(text, "0") == 0) {
        *duration_us = 0;
        return true;
    }
    enum quantity_result result = quantity_parse(text, units, DURATION_MAX_US, duration_us);
    *why = reasons[result];
    return result == QUANTITY_OK;
}

char *duration_format(int64_t duration_us, char text[static DURATION_TEXT_SIZE])
{
    const char *sign = duration_us < 0 ? "-" : "";
    uint64_t rest_us = duration_us < 0 ? -(uint64_t)duration_us : (uint64_t)duration_us;
    const char *unit = rest_us >= US_PER_S || rest_us == 0 ? "s" : rest_us >= US_PER_MS ? "ms" : "us";
    int decimals = *unit == 's' ? 6 : *unit == 'm' ? 3 : 0;
    uint64_t size = *unit == 's' ? US_PER_S : *unit == 'm' ? US_PER_MS : 1;
    uint64_t fraction = rest_us % size;
    for (; decimals > 0 && fraction % 10 == 0; decimals--)
        fraction /= 10;
    if (decimals > 0)
        snprintf(text, DURATION_TEXT_SIZE, "%s%" PRIu64 ".%0*" PRIu64 "%s", sign, rest_us / size, decimals,
            fraction, unit);
    else
        snprintf(text, DURATION_TEXT_SIZE, "%s%" PRIu64 "%s", sign, rest_us / size, unit);
    return text;
}
