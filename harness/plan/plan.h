// The plan: which cells a run consists of. Resolving has no side effects; a wrong word fails here, before any
// guest boots.
#ifndef HANGUP_PLAN_PLAN_H
#define HANGUP_PLAN_PLAN_H

#include "base/folder.h"
#include "base/sha256.h"
#include "contract/fork.h"
#include "contract/lab_kind.h"
#include "contract/world.h"
#include "scenario/scenario.h"
#include "subject/subject.h"

#include <jansson.h>
#include <stdint.h>

#define STOP_AT_ZERO    1
#define STOP_EVERYWHERE (-1)
#define CELL_VIA_MAX    (FORK_LEVELS - 1)

// Scenario x subject x seed, with everything that the lab and the verdict need. Stored as plan.json beside
// the trace.
struct cell {
    char *name; // "idle-hung-up--pqpool-pre-ping--7": also the name of its folder
    struct scenario *scenario;
    char *subject;        // "pqpool:pre-ping"
    char *strategy;       // "pre-ping"
    char *strategy_class; // "pre-ping"
    char **command; // argv of the adapter, NULL-terminated; paths as the guest has them (contract/world.h)
    char *adapter;  // the folder of this machine that is WORLD_ADAPTER; NULL: there is none
    char **differs; // metrics, or words, of its class's expectations that are not judged, NULL-terminated
    struct world world; // what it runs in
    char *missing;      // not NULL: what the subject lacks on this machine; the verdict is skip
    uint64_t seed;
    enum lab_kind lab;
    // Its guest may fork at zero; with a stop, then each time that packets have been heard of, until a branch
    // becomes this cell at the stop of that number: STOP_AT_ZERO is the first; 0: it has no other. No fault
    // comes before. STOP_EVERYWHERE: no branch becomes it.
    int64_t stop;
    // Earlier stops, in order, at which a branch has become it for what its faults do before `until_us`. The
    // rest comes at the next of its stops: there it is a branch of a branch. No fault comes before the first.
    struct cell_via {
        int64_t stop, until_us;
    } via[CELL_VIA_MAX];
    size_t via_count;
};

// How often a branch becomes the cell, and at which stop it does so for the `level`th time, from 0 on; none:
// STOP_EVERYWHERE.
size_t cell_levels(const struct cell *cell);
int64_t cell_stop_at(const struct cell *cell, size_t level);

struct plan {
    struct cell **cells;
    size_t cells_count;
    struct scenario **scenarios; // owned
    size_t scenarios_count;
    size_t whole_count;            // cells of all shards together
    char sha256[DIGEST_TEXT_SIZE]; // of their names
};

struct plan_request {
    const struct erofs *image;    // where subjects find what they need; NULL: on this machine
    const struct world *world;    // NULL: it is not known
    const char *root;             // the project's folder: scenarios/ and pool/subjects/ are below it
    const char *const *scenarios; // names, folders ("idle") or files; none: all but selftest/
    size_t scenarios_count;
    const char *const *subjects; // "pqpool", "pqpool:pre-ping", "all"; none: every strategy of every subject
    size_t subjects_count;
    const char *conninfo; // what this run adds to the scenarios' own; NULL: nothing
    uint64_t seed;
    enum lab_kind lab;
    unsigned shard, shards; // 1-based; shards == 1: everything
    // What running a cell costs, in seconds; NULL: all cost the same. The shards are of equal cost, and the
    // same on every machine that knows the same costs.
    double (*cost_s)(const void *whom, const struct cell *cell);
    const void *whom;
};

// One strategy of one subject.
struct plan_choice {
    const struct subject *subject; // one of the list's
    const struct subject_strategy *strategy;
};

struct plan_choices {
    struct subject **subjects; // owned
    size_t subjects_count;
    struct plan_choice *choices; // in order, none twice
    size_t count;
};

// The strategies that the request's subjects stand for. To be freed whatever the result. False: ERROR_INPUT.
bool plan_choose_subjects(
    const struct plan_request *request, struct plan_choices *choices, struct error *error) MUST_CHECK;
void plan_choices_free(struct plan_choices *choices);

// NULL: ERROR_INPUT.
struct plan *plan_resolve(const struct plan_request *request, struct error *error) MUST_CHECK;
void plan_free(struct plan *plan);

// The one scenario that a word of the command line stands for. NULL: ERROR_INPUT.
struct scenario *plan_read_scenario(const char *root, const char *name, struct error *error) MUST_CHECK;

// The name that a cell of these has: "idle-hung-up--pqpool-pre-ping--7". The caller frees it. NULL: no
// memory.
char *cell_name_of(const char *scenario, const char *subject, uint64_t seed);

// A cell of the request's seed and lab. The scenario stays the caller's, also when the cell is freed by
// itself.
struct cell *cell_new(const struct plan_request *request, struct scenario *scenario,
    const struct plan_choice *choice, struct error *error) MUST_CHECK;
// The cell of a program that stands in a subject's place; owns the scenario, also when it fails.
struct cell *cell_of_program(struct scenario *scenario, const char *subject, char *const *command,
    uint64_t seed, enum lab_kind lab, struct error *error) MUST_CHECK;

// Writes plan.json in `folder`, whole or not at all.
bool cell_write(const struct cell *cell, const struct folder *folder, struct error *error) MUST_CHECK;

// Reads it again. NULL: ERROR_INPUT, or no memory. Frees with cell_free.
struct cell *cell_read(const struct folder *folder, struct error *error) MUST_CHECK;

// plan.json. cell_from_json gives a cell that owns its scenario: free it with cell_free.
json_t *cell_to_json(const struct cell *cell);
struct cell *cell_from_json(const json_t *json, struct error *error) MUST_CHECK;
void cell_free(struct cell *cell);

#endif
