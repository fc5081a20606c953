// The numbers a cell is measured by: one table of names and units for expectations, run.json and the summary.
#ifndef HANGUP_SCENARIO_METRIC_H
#define HANGUP_SCENARIO_METRIC_H

#include "base/duration.h"
#include "base/range.h"

enum metric {
    METRIC_OPS,      // operations sent to the subject
    METRIC_OK,       // ... that it answered with ok
    METRIC_ERRORS,   // ... that it answered with an error
    METRIC_HUNG,     // ... that it had not answered when the scenario ended
    METRIC_SLOWEST,  // longest time from sent to answered
    METRIC_DELAY,    // how much longer than its own work an operation took: the longest
    METRIC_MEDIAN,   // median of the same, over answered operations
    METRIC_RECOVERY, // from the first operation sent after the last disturbance to the end of the first good
                     // one
    METRIC_PINGS,    // health checks, as the server's statement log counts them
    METRIC_CONNECTS, // sessions the server authorized
    METRIC_ATTEMPTS, // connections that host app asked for, whether or not anybody answered
    METRIC_LOST,     // acknowledged but missing
    METRIC_DUPLICATED,      // in the database more than once
    METRIC_IN_DOUBT,        // told an error (or nothing), yet in the database
    METRIC_TORN,            // transactions of which only a part is stored
    METRIC_DEAF,            // notifications that were committed while somebody listened and never heard them
    METRIC_OVERDUE,         // operations that were answered a second or more after their deadline, or never
    METRIC_UNSUPPORTED,     // operations that the adapter does not know: they were not done
    METRIC_LEAKED_BACKENDS, // server processes whose client is gone, at the end of the cell
    METRIC_RST_TO_APP,      // packets with RST that left the router towards host app
    METRIC_RST_TO_DB,       // ... towards host db
    METRIC_FIN_TO_APP, // packets with FIN that left the router towards host app (retransmissions not counted)
    METRIC_FIN_TO_DB,  // ... towards host db
    METRIC_SWALLOWED,  // packets that entered the router and never left it
    METRIC_FORGOTTEN,  // connections that the router's flow table had forgotten when they were used again (or
                       // reset)
    METRIC_KINDS,
};

#define METRIC_ABSENT (-1) // nothing to measure: no answered operation, nothing to recover from
// A time without an end, longer than any other: the pool never recovered, an operation was never answered.
#define METRIC_NEVER (2 * DURATION_MAX_US)

struct metrics {
    int64_t value[METRIC_KINDS]; // durations in microseconds
};

// What two cells have to agree on (`hangup compare`).
enum metric_demand {
    METRIC_NO_DEMAND, // of no metric: each says what it demands
    METRIC_SHOWN,     // may differ
    METRIC_NEAR,      // within the tolerance; of durations only
    METRIC_EXACT,
};

const char *metric_name(enum metric metric); // in scenarios: "slowest"
const char *metric_json_name(
    enum metric metric); // in run.json: "slowest_ms"; durations are milliseconds there
enum range_unit metric_unit(enum metric metric);
const char *metric_summary(enum metric metric); // a few plain words
enum metric_demand metric_between_labs(enum metric metric);
enum metric_demand metric_between_subjects(enum metric metric);
bool metric_by_name(const char *name, enum metric *metric);

// "never" or "hung": what METRIC_NEVER is called. NULL: the metric cannot have it.
const char *metric_never(enum metric metric);

// A range in its metric's unit; of a duration also "none", METRIC_ABSENT, and what metric_never says. `why`
// as in range_parse.
bool metric_range_parse(enum metric metric, const char *text, struct range *range, const char **why);
// In the notation that metric_range_parse reads. Returns `text`.
char *metric_range_format(enum metric metric, struct range range, char text[static RANGE_TEXT_SIZE]);
#define METRIC_TEXT_SIZE 32

// "-" where there is nothing to measure, "never" and "hung"; durations with four digits: "20.05ms", "970.0s".
// Returns `text`.
char *metric_format(enum metric metric, int64_t value, char text[static METRIC_TEXT_SIZE]);

// No range but "none" holds for what was not measured.
bool metric_is_in(int64_t value, struct range range);

#endif
