// The league: what each pool and setting of a run did to the application over all scenarios. Pure.
#ifndef HANGUP_RESULT_LEAGUE_H
#define HANGUP_RESULT_LEAGUE_H

#include "result/fear.h"
#include "result/result.h"
#include "result/select.h"
#include "subject/subject.h"

#include <stddef.h>
#include <stdint.h>

// What safety costs is measured where nothing fails.
#define LEAGUE_PRICE_SCENARIO "steady/price"

// What a scenario counts where its impact is worse than the best that any pool can have there, in words.
#define LEAGUE_HARM "delayed 1, errors 4, stuck 16 (never back 32), data 64"

// One fear, for one subject.
struct league_group {
    size_t scenarios, good;  // that were run; whose impact is as good as any pool can have there
    enum impact best, worst; // of them; IMPACT_UNKNOWN: none was run
    size_t impacts[IMPACTS]; // scenarios, by what the application suffered
    size_t harm;             // as of the row
    int64_t figure;          // of the fear's metric; METRIC_ABSENT: nothing was measured
    bool never;              // in one of them it never recovered
    size_t differs;          // scenarios in which another seed of the run did something else
};

// No figure depends on which other pools are in the run: what nobody can avoid is said by the scenario
// (best).
struct league_row {
    const char *subject, *version, *driver; // of the run; the last two may be NULL
    size_t scenarios, good;                 // that were run; as good as any pool can be there
    size_t harm;             // what is worse than any pool need be: LEAGUE_HARM, over all scenarios
    size_t impacts[IMPACTS]; // scenarios, by what the application suffered
    size_t skipped;
    int64_t errors, hung;               // operations
    int64_t lost, duplicated, in_doubt; // writes
    int64_t delayed_us;                 // the longest delays that people notice, added up; a day each at most
    int64_t price_us;                   // the median operation of the price scenario; METRIC_ABSENT: not run
    struct league_group groups[FEARS];
    size_t differs; // scenarios in which another seed of the run did something else
    struct outcome_counts outcomes;
};

struct league_finding {
    const struct subject *subject;
    const struct subject_finding *finding;
    const struct cell_result *cell;         // NULL: not in this run
    const struct subject_condition *broken; // what is no longer so, or NULL
};

struct league {
    const struct run_result *run; // its seed is what is shown; cells of others only say what differs by seed
    struct run_order *order;      // of its cells
    struct league_row *rows;      // the best first; those that did not run in every scenario last
    size_t rows_count;
    size_t scenarios; // of the run
    size_t avoidable; // those whose best impact is clean
    bool seeds;       // the run has cells of other seeds, too
    struct league_finding *findings;
    size_t findings_count;
};

// `selection` names the subjects to show ("pqpool", "pqpool:none"), NULL-terminated; NULL: all. Everything is
// borrowed. NULL: no memory.
struct league *league_new(const struct run_result *run, const struct subject *const *subjects,
    size_t subjects_count, const char *const *selection);
void league_free(struct league *league);

// Below 0: `a` stands before `b`, whatever they are called. A pool that answers each operation of a
// scenario at least as well as another never stands behind it there.
int league_rank(const struct league_row *a, const struct league_row *b);
// The same within one fear.
int league_group_rank(const struct league_group *a, const struct league_group *b);
bool league_is_good(const struct cell_result *cell); // as good as any pool can be in its scenario
bool league_ran(const struct cell_result *cell);     // not skipped, and not cut short
// Of the seed that is shown. NULL: there is none.
const struct cell_result *league_cell(const struct league *league, const char *scenario, const char *subject);
// False: no memory.
bool league_add_findings(struct league *league, const struct subject *const *subjects, size_t count,
    const char *const *selection) MUST_CHECK;
bool league_is_selected(const char *subject, const char *const *selection);
// What the finding says, with the cell's numbers. The caller frees it; NULL: no memory.
char *league_finding_text(const struct league_finding *finding);
// Findings that are no longer so.
size_t league_broken_findings(const struct league *league);

#endif
