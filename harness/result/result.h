// The result of a run as data, and as run.json: what every report is made from, at once or later.
#ifndef HANGUP_RESULT_RESULT_H
#define HANGUP_RESULT_RESULT_H

#include "base/sha256.h"
#include "plan/plan.h"
#include "verdict/texts.h"
#include "verdict/verdict.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct cell_result {
    char *scenario, *claim, *subject;
    uint64_t seed;
    enum impact best;        // that any pool can have in this scenario
    char fail_on[160];       // "--fail-on errors: errors 2": which demand of the user's it met; "": none
    bool control;            // a negative control: OUTCOME_PASS says that it failed, as it must
    struct verdict *verdict; // NULL: the run was cut short before this cell; run.json leaves the cell out
    double wall_s;
    bool forked; // it shares its beginning with others: a branch of a trunk
    char events_sha256[DIGEST_TEXT_SIZE], pcap_sha256[DIGEST_TEXT_SIZE]; // "": no such file
    char *dir;                // the plain name of its folder in the run's
    size_t source;            // of merged runs: which of them it comes from
    struct error_texts texts; // of all errors, also where run.json holds only the first of them
};

struct run_result {
    char *lab, *kernel, *started; // ISO time; `kernel` and `started` may be NULL
    struct world world;
    char cold[64]; // why each cell was booted for itself; "": cells that begin alike shared a trunk
    uint64_t seed;
    double wall_s;             // of the whole run: cells run side by side
    struct cell_result *cells; // in the order of the plan
    size_t cells_count;
    unsigned shard, shards;             // 0: a whole plan
    char plan_sha256[DIGEST_TEXT_SIZE]; // of the whole plan of a shard
};

struct outcome_counts {
    size_t passed, failed, skipped, errors, not_run;
    size_t breaches; // of those that passed or were skipped: what met --fail-on
};

// A result with `cells_count` empty places. The texts are copied; `kernel` and `started` may be NULL. NULL:
// no memory.
struct run_result *run_result_new(
    const char *lab, const char *kernel, const char *started, uint64_t seed, size_t cells_count);
void run_result_free(struct run_result *result);

// Fills the place `index`. Takes over `verdict`, also when it fails; takes the digests from the cell's folder
// in the run's, where it exists.
bool run_result_set(struct run_result *result, size_t index, const struct cell *cell,
    const struct folder *run, struct verdict *verdict, double wall_s, struct error *error) MUST_CHECK;

// No two cells have the same folder; ERROR_INPUT where they do.
bool run_result_check_folders(const struct run_result *result, struct error *error) MUST_CHECK;

struct outcome_counts run_result_count(const struct run_result *result);
// The worst of its cells. Cells that were not run do not count.
enum outcome run_result_outcome(const struct run_result *result);

#define RUN_FILE           "run.json" // in the run's folder
#define RUN_REAL_PRECISION 15 // digits: a microsecond in years of milliseconds, and no 0.30000000000000004

// run.json. NULL: ERROR_LAB for writing, ERROR_INPUT for reading.
json_t *run_result_to_json(const struct run_result *result, struct error *error) MUST_CHECK;
struct run_result *run_result_from_json(const json_t *json, struct error *error) MUST_CHECK;
struct run_result *run_result_read(const struct folder *folder, struct error *error) MUST_CHECK;

#endif
