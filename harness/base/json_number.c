// The only place where JSON becomes a number that is calculated with.
#include "base/json_number.h"

#include <math.h>

bool json_number_between(const json_t *json, int64_t low, int64_t high, int64_t *number)
{
    int64_t value = json_integer_value(json);
    bool good = json_is_integer(json) && value >= low && value <= high;
    *number = good ? value : 0;
    return good;
}

bool json_number_count(const json_t *json, int64_t *count)
{
    return json_number_between(json, 0, JSON_COUNT_MAX, count);
}

bool json_number_time_us(const json_t *json, int64_t *time_us)
{
    return json_number_between(json, -JSON_TIME_MAX_US, JSON_TIME_MAX_US, time_us);
}

bool json_number_moment_us(const json_t *json, int64_t *moment_us)
{
    return json_number_between(json, 0, JSON_MOMENT_MAX_US, moment_us);
}

bool json_number_duration(const json_t *json, int64_t unit_us, int64_t *duration_us)
{
    double us = json_number_value(json) * (double)unit_us;
    bool good = json_is_number(json) && fabs(us) <= (double)JSON_TIME_MAX_US;
    *duration_us = good ? llround(us) : 0;
    return good;
}

int64_t json_number_time_or(const json_t *json, int64_t otherwise)
{
    int64_t time_us;
    return json_number_time_us(json, &time_us) ? time_us : otherwise;
}
