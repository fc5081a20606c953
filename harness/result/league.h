// The league: what each pool and setting of a run did to the application over all scenarios. Pure.
#ifndef HANGUP_RESULT_LEAGUE_H
#define HANGUP_RESULT_LEAGUE_H

#include "result/result.h"
#include "result/select.h"
#include "subject/subject.h"

#include <stddef.h>
#include <stdint.h>

// A cell is clean when no operation failed, none hung, and none took so long or longer.
#define LEAGUE_SLOW_US (5 * 1000000LL)

// What safety costs is measured where nothing fails.
#define LEAGUE_PRICE_SCENARIO "steady/price"

// Errors, hung operations and slow ones count where they can be avoided: where at least one pool of the run
// had no error, none hung, or none that took LEAGUE_SLOW_US. What no pool can avoid says nothing about pools.
struct league_row {
    const char *subject, *version, *driver; // of the run; the last two may be NULL
    size_t scenarios, clean;                // that were run; that were clean
    size_t skipped;
    int64_t errors, hung;                         // operations, where avoidable
    int64_t lost, duplicated, in_doubt;           // writes, everywhere
    const struct cell_result *slowest, *recovery; // the cells with the worst of them where avoidable, or NULL
    int64_t price_pings, price_ops;               // in the price scenario
    int64_t price_us; // its median operation, above the cheapest subject's; METRIC_ABSENT: not run
    struct outcome_counts outcomes;
};

struct league_finding {
    const struct subject *subject;
    const struct subject_finding *finding;
    const struct cell_result *cell;         // NULL: not in this run
    const struct subject_condition *broken; // what is no longer so, or NULL
};

struct league {
    const struct run_result *run; // of one seed
    struct run_order *order;      // of its cells
    struct league_row *rows;      // the best first; those that did not run in every scenario last
    size_t rows_count;
    size_t scenarios, winnable; // of the run; those that at least one of its subjects got through cleanly
    struct league_finding *findings;
    size_t findings_count;
};

// `selection` names the subjects to show ("pqpool", "pqpool:none"), NULL-terminated; NULL: all. Everything is
// borrowed. NULL: no memory.
struct league *league_new(const struct run_result *run, const struct subject *const *subjects,
    size_t subjects_count, const char *const *selection);
void league_free(struct league *league);

bool league_is_clean(const struct cell_result *cell);
bool league_ran(const struct cell_result *cell); // not skipped, and not cut short
const struct cell_result *league_cell(const struct league *league, const char *scenario, const char *subject);
// What the finding says, with the cell's numbers. The caller frees it; NULL: no memory.
char *league_finding_text(const struct league_finding *finding);
// Findings that are no longer so.
size_t league_broken_findings(const struct league *league);

#endif
