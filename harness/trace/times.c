// Finds a cell's zero and its end among its events.
#include "trace/times.h"

#include "base/json_number.h"

#include <stdbool.h>
#include <string.h>

static int64_t zero_of(const json_t *event)
{
    int64_t zero_us;
    return json_number_moment_us(json_object_get(event, "zero_realtime_us"), &zero_us) ? zero_us : -1;
}

struct trace_times trace_times_of(const json_t *events)
{
    struct trace_times times = {.zero_us = -1, .over_us = INT64_MAX};
    size_t i;
    json_t *event;
    json_array_foreach(events, i, event)
    {
        const char *kind = json_string_value(json_object_get(event, "event"));
        if (strcmp(kind, "lab") == 0 || strcmp(kind, "program-started") == 0)
            times.zero_us = zero_of(event);
        if (strcmp(kind, "clean-up") == 0 && times.over_us == INT64_MAX)
            times.over_us = json_number_time_or(json_object_get(event, "at_us"), INT64_MAX);
    }
    return times;
}

int64_t trace_times_over_ns(const struct trace_times *times)
{
    bool known = times->zero_us >= 0 && times->over_us != INT64_MAX;
    return known ? (times->zero_us + times->over_us) * 1000 : INT64_MAX;
}
