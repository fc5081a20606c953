// The one table of what a cell is measured by.
#include "scenario/metric.h"

#include "base/duration.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

// A row has no defaults: the compiler asks for each column.
static const struct {
    const char *name, *json_name;
    enum range_unit unit;
    enum metric_demand between_labs, between_subjects;
    const char *summary;
    const char *never; // a duration without an end; NULL: it always has one
} metrics[] = {
    [METRIC_OPS] = {"ops", "ops", RANGE_COUNT, METRIC_EXACT, METRIC_SHOWN, "operations sent to the subject",
        NULL},
    [METRIC_OK] = {"ok", "ok", RANGE_COUNT, METRIC_EXACT, METRIC_SHOWN, "operations answered with ok", NULL},
    [METRIC_ERRORS] = {"errors", "errors", RANGE_COUNT, METRIC_EXACT, METRIC_EXACT,
        "operations answered with an error", NULL},
    [METRIC_HUNG] = {"hung", "hung", RANGE_COUNT, METRIC_EXACT, METRIC_EXACT,
        "operations not answered when the scenario ended", NULL},
    [METRIC_SLOWEST] = {"slowest", "slowest_ms", RANGE_DURATION, METRIC_NEAR, METRIC_SHOWN,
        "longest time from sent to answered", "hung"},
    [METRIC_DELAY] = {"delay", "delay_ms", RANGE_DURATION, METRIC_NEAR, METRIC_SHOWN,
        "how much longer than its own work (the query's seconds, the application's pause or sleep) an operation took: the longest",
        "hung"},
    [METRIC_MEDIAN] = {"median", "median_ms", RANGE_DURATION, METRIC_NEAR, METRIC_SHOWN,
        "median time of the answered operations", NULL},
    [METRIC_RECOVERY] = {"recovery", "recovery_ms", RANGE_DURATION, METRIC_NEAR, METRIC_SHOWN,
        "from the first operation sent after the last disturbance to the end of the first good one", "never"},
    [METRIC_PINGS] = {"pings", "pings", RANGE_COUNT, METRIC_SHOWN, METRIC_EXACT,
        "health checks, as the server counts them", NULL},
    [METRIC_CONNECTS] = {"connects", "connects", RANGE_COUNT, METRIC_SHOWN, METRIC_EXACT,
        "sessions the server authorized", NULL},
    [METRIC_ATTEMPTS] = {"attempts", "attempts", RANGE_COUNT, METRIC_SHOWN, METRIC_SHOWN,
        "connections that the application asked for, whether or not anybody answered", NULL},
    [METRIC_LOST] = {"lost", "lost", RANGE_COUNT, METRIC_EXACT, METRIC_EXACT,
        "acknowledged but missing from the database", NULL},
    [METRIC_DUPLICATED] = {"duplicated", "duplicated", RANGE_COUNT, METRIC_EXACT, METRIC_EXACT,
        "stored twice or more", NULL},
    [METRIC_IN_DOUBT] = {"in_doubt", "in_doubt", RANGE_COUNT, METRIC_EXACT, METRIC_EXACT,
        "reported failed, or never answered, but stored", NULL},
    [METRIC_TORN] = {"torn", "torn", RANGE_COUNT, METRIC_EXACT, METRIC_EXACT,
        "transactions of which only a part is stored", NULL},
    [METRIC_DEAF] = {"deaf", "deaf", RANGE_COUNT, METRIC_EXACT, METRIC_EXACT,
        "notifications that were committed while somebody listened, and that a listener never heard", NULL},
    [METRIC_OVERDUE] = {"overdue", "overdue", RANGE_COUNT, METRIC_EXACT, METRIC_SHOWN,
        "operations that were answered a second or more after their deadline (within), or never", NULL},
    [METRIC_UNSUPPORTED] = {"unsupported", "unsupported", RANGE_COUNT, METRIC_EXACT, METRIC_SHOWN,
        "operations that were not done: the adapter does not know a word of theirs", NULL},
    [METRIC_LEAKED_BACKENDS] = {"leaked_backends", "leaked_backends", RANGE_COUNT, METRIC_SHOWN, METRIC_SHOWN,
        "server processes whose client is gone, at the end", NULL},
    [METRIC_RST_TO_APP] = {"rst_to_app", "rst_to_app", RANGE_COUNT, METRIC_SHOWN, METRIC_SHOWN,
        "resets that left the router towards the client", NULL},
    [METRIC_RST_TO_DB] = {"rst_to_db", "rst_to_db", RANGE_COUNT, METRIC_SHOWN, METRIC_SHOWN,
        "resets that left the router towards the server", NULL},
    [METRIC_FIN_TO_APP] = {"fin_to_app", "fin_to_app", RANGE_COUNT, METRIC_SHOWN, METRIC_SHOWN,
        "FINs that left the router towards the client", NULL},
    [METRIC_FIN_TO_DB] = {"fin_to_db", "fin_to_db", RANGE_COUNT, METRIC_SHOWN, METRIC_SHOWN,
        "FINs that left the router towards the server", NULL},
    [METRIC_SWALLOWED] = {"swallowed", "swallowed", RANGE_COUNT, METRIC_SHOWN, METRIC_SHOWN,
        "packets that entered the router and never left it", NULL},
    [METRIC_FORGOTTEN] = {"forgotten", "forgotten", RANGE_COUNT, METRIC_SHOWN, METRIC_SHOWN,
        "connections that the router's flow table had forgotten when they were used again", NULL},
};
_Static_assert(sizeof(metrics) / sizeof(metrics[0]) == METRIC_KINDS, "each metric has a row");

const char *metric_name(enum metric metric)
{
    return metrics[metric].name;
}

const char *metric_json_name(enum metric metric)
{
    return metrics[metric].json_name;
}

enum range_unit metric_unit(enum metric metric)
{
    return metrics[metric].unit;
}

const char *metric_summary(enum metric metric)
{
    return metrics[metric].summary;
}

enum metric_demand metric_between_labs(enum metric metric)
{
    return metrics[metric].between_labs;
}

enum metric_demand metric_between_subjects(enum metric metric)
{
    return metrics[metric].between_subjects;
}

bool metric_by_name(const char *name, enum metric *metric)
{
    for (size_t i = 0; i < METRIC_KINDS; i++) {
        if (strcmp(metrics[i].name, name) == 0) {
            *metric = (enum metric)i;
            return true;
        }
    }
    return false;
}

const char *metric_never(enum metric metric)
{
    return metrics[metric].never;
}

bool metric_range_parse(enum metric metric, const char *text, struct range *range, const char **why)
{
    const char *never = metric_never(metric);
    if (metric_unit(metric) == RANGE_DURATION && strcmp(text, "none") == 0)
        *range = (struct range){METRIC_ABSENT, METRIC_ABSENT};
    else if (never != NULL && strcmp(text, never) == 0)
        *range = (struct range){METRIC_NEVER, METRIC_NEVER};
    else
        return range_parse(text, metric_unit(metric), range, why);
    return true;
}

char *metric_range_format(enum metric metric, struct range range, char text[static RANGE_TEXT_SIZE])
{
    if (range.low != METRIC_ABSENT && range.low != METRIC_NEVER)
        return range_format(range, metric_unit(metric), text);
    snprintf(text, RANGE_TEXT_SIZE, "%s", range.low == METRIC_ABSENT ? "none" : metric_never(metric));
    return text;
}

bool metric_is_in(int64_t value, struct range range)
{
    return range_contains(range, value) && (value != METRIC_ABSENT || range.low == METRIC_ABSENT);
}

static void format_duration(int64_t us, char text[static METRIC_TEXT_SIZE])
{
    if (us < US_PER_MS)
        snprintf(text, METRIC_TEXT_SIZE, "%" PRId64 "us", us);
    else if (us < US_PER_S)
        snprintf(text, METRIC_TEXT_SIZE, us < 100 * US_PER_MS ? "%.2fms" : "%.1fms", (double)us / US_PER_MS);
    else
        snprintf(text, METRIC_TEXT_SIZE, us < 100 * US_PER_S ? "%.2fs" : "%.1fs", (double)us / US_PER_S);
}

char *metric_format(enum metric metric, int64_t value, char text[static METRIC_TEXT_SIZE])
{
    if (value == METRIC_ABSENT)
        snprintf(text, METRIC_TEXT_SIZE, "-");
    else if (value == METRIC_NEVER && metric_never(metric) != NULL)
        snprintf(text, METRIC_TEXT_SIZE, "%s", metric_never(metric));
    else if (metric_unit(metric) == RANGE_DURATION)
        format_duration(value, text);
    else
        snprintf(text, METRIC_TEXT_SIZE, "%" PRId64, value);
    return text;
}
