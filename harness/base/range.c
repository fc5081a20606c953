// The grammar of expectations: "0", "<3s", ">900s", "900s..1000s".
#include "base/range.h"

#include "base/duration.h"
#include "base/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT_MAX 1000000000000

#define NUMBER_TEXT_SIZE DURATION_TEXT_SIZE

static const struct quantity_unit plain[] = {{"", 1}, {NULL, 0}};

static const char *const count_reasons[QUANTITY_RESULTS] = {
    [QUANTITY_MALFORMED] = "expected N, <N, <=N, >N, >=N or N..N",
    [QUANTITY_NEGATIVE] = "expected a number of 0 or more",
    [QUANTITY_UNKNOWN_UNIT] = "expected a number without a unit",
    [QUANTITY_TOO_FINE] = "expected a whole number",
    [QUANTITY_TOO_LARGE] = "expected at most 1000000000000",
};

static bool number_parse(const char *text, enum range_unit unit, int64_t *number, const char **why)
{
    if (unit == RANGE_DURATION)
        return duration_parse(text, number, why);
    enum quantity_result result = quantity_parse(text, plain, COUNT_MAX, number);
    *why = count_reasons[result];
    return result == QUANTITY_OK;
}

static bool span_parse(
    const char *text, const char *dots, enum range_unit unit, struct range *range, const char **why)
{
    char low[NUMBER_TEXT_SIZE];
    size_t length = (size_t)(dots - text);
    if (length >= sizeof(low)) {
        *why = count_reasons[QUANTITY_MALFORMED];
        return false;
    }
    memcpy(low, text, length);
    low[length] = '\0';
    if (!number_parse(low, unit, &range->low, why) || !number_parse(dots + 2, unit, &range->high, why))
        return false;
    *why = "the range is empty: its end lies before its start";
    return range->low <= range->high;
}

static bool below_parse(const char *text, enum range_unit unit, struct range *range, const char **why)
{
    bool inclusive = text[1] == '=';
    range->low = INT64_MIN;
    if (!number_parse(text + 1 + inclusive, unit, &range->high, why))
        return false;
    if (!inclusive)
        range->high--;
    *why = "the range is empty: nothing lies below 0";
    return range->high >= 0;
}

static bool above_parse(const char *text, enum range_unit unit, struct range *range, const char **why)
{
    bool inclusive = text[1] == '=';
    range->high = INT64_MAX;
    if (!number_parse(text + 1 + inclusive, unit, &range->low, why))
        return false;
    if (!inclusive)
        range->low++;
    return true;
}

bool range_parse(const char *text, enum range_unit unit, struct range *range, const char **why)
{
    if (*text == '<')
        return below_parse(text, unit, range, why);
    if (*text == '>')
        return above_parse(text, unit, range, why);
    const char *dots = strstr(text, "..");
    if (dots != NULL)
        return span_parse(text, dots, unit, range, why);
    if (!number_parse(text, unit, &range->low, why))
        return false;
    range->high = range->low;
    return true;
}

bool range_contains(struct range range, int64_t value)
{
    return range.low <= value && value <= range.high;
}

static char *number_format(int64_t number, enum range_unit unit, char text[static NUMBER_TEXT_SIZE])
{
    if (unit == RANGE_DURATION)
        return duration_format(number, text);
    snprintf(text, NUMBER_TEXT_SIZE, "%" PRId64, number);
    return text;
}

// A bound can be said in two ways ("<3s", "<=2.999999s"): for durations the shorter one is what was written.
static char *bound_format(char sign, int64_t inclusive, int64_t exclusive, enum range_unit unit, char *text)
{
    char with[NUMBER_TEXT_SIZE], without[NUMBER_TEXT_SIZE];
    number_format(inclusive, unit, with);
    number_format(exclusive, unit, without);
    if (unit == RANGE_DURATION && strlen(without) < strlen(with))
        snprintf(text, RANGE_TEXT_SIZE, "%c%s", sign, without);
    else
        snprintf(text, RANGE_TEXT_SIZE, "%c=%s", sign, with);
    return text;
}

char *range_format(struct range range, enum range_unit unit, char text[static RANGE_TEXT_SIZE])
{
    char low[NUMBER_TEXT_SIZE], high[NUMBER_TEXT_SIZE];
    if (range.low == INT64_MIN)
        return bound_format('<', range.high, range.high + 1, unit, text);
    if (range.high == INT64_MAX)
        return bound_format('>', range.low, range.low - 1, unit, text);
    number_format(range.low, unit, low);
    number_format(range.high, unit, high);
    if (range.low == range.high)
        snprintf(text, RANGE_TEXT_SIZE, "%s", low);
    else
        snprintf(text, RANGE_TEXT_SIZE, "%s..%s", low, high);
    return text;
}
