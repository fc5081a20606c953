// The verdict: a pure function of what a cell's folder holds (plan, trace, server log). It can be given again
// at any time.
#ifndef HANGUP_VERDICT_VERDICT_H
#define HANGUP_VERDICT_VERDICT_H

#include "base/folder.h"
#include "plan/plan.h"
#include "scenario/impact.h"
#include "scenario/metric.h"
#include "trace/server_log.h"
#include "trace/wire.h"

#include <jansson.h>

// In the order of merging: a run is as bad as its worst cell.
enum outcome {
    OUTCOME_PASS,
    OUTCOME_SKIP,  // something is missing on this machine
    OUTCOME_FAIL,  // an expectation was not met
    OUTCOME_ERROR, // the cell could not be run, or proves nothing (a fault hit nothing)
};

const char *outcome_name(enum outcome outcome);

// One error that the application saw.
struct operation_error {
    int64_t id;
    int64_t at_us; // when it was told
    int64_t took_us;
    char *operation, *text;
    char *kind, *sqlstate; // NULL: none was given
};

struct verdict {
    enum outcome outcome;
    char **reasons; // one line each: "idle/hung-up.yaml:12: none: errors: expected 1, actual 2"
    size_t reasons_count;
    struct metrics metrics;
    enum impact impact; // IMPACT_UNKNOWN where the cell proves nothing
    struct operation_error *errors;
    size_t errors_count;
    bool over;              // the trace came to its end, or says why it did not
    int64_t virtual_us;     // on the lab's clock, from the first event to the last
    char *version, *driver; // of the subject, as it reported itself; NULL: it never did
};

// The inputs are borrowed; `wire` and `server` may be NULL (unreadable), which is OUTCOME_ERROR, as a broken
// trace is. Of a negative control (must_fail) the outcome is turned round: OUTCOME_PASS with the failed
// expectations as reasons, or OUTCOME_FAIL because nothing failed. NULL, here and below: no memory.
struct verdict *verdict_judge(const struct cell *cell, const json_t *events, const struct wire_counts *wire,
    const struct server_counts *server);
// Reads plan.json, events.jsonl, capture.pcap and postgres.log below `folder` and judges them.
struct verdict *verdict_of_folder(const struct folder *folder);
// The same of the folder `name` in a run's.
struct verdict *verdict_of_folder_in(const struct folder *run, const char *name);
// Whether the cell did what its scenario expects of that class. Where it did not, `*why` is the first reason
// (the caller frees it), else NULL.
bool verdict_is_of_class(
    const struct cell *cell, const struct verdict *verdict, const char *class, char **why);
// For a cell that left no trace (skipped, killed by the watchdog).
struct verdict *verdict_without_trace(enum outcome outcome, const char *reason);
void verdict_free(struct verdict *verdict);

#endif
