// A fault: one kind of hang-up. Each kind is one file that validates its arguments, applies, reverts and
// counts its hits.
#ifndef HANGUP_FAULT_H
#define HANGUP_FAULT_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

#define FAULT_FOREVER INT64_MAX

// One fault of a scenario, as written: `{at: 60s, silence: both, for: 950s}`.
struct fault_spec {
    int64_t at_us;
    const struct fault_kind *kind; // silence, rst, server ...
    char *argument;                // both, app, kill-backend ...; owned
    int64_t for_us;                // until it is reverted; FAULT_FOREVER: until the end of the cell
    char *when;                    // "now" (default, NULL) or "next-packet"; owned
    int line, column;              // where it stands in the scenario's file
};

struct lab; // the running lab, harness/lab.h

struct fault_kind {
    const char *name;
    const char *arguments; // "to-app | to-db | both", for messages and `hangup list faults`
    const char *summary;   // one line of plain words
    bool takes_for;        // has a duration
    bool takes_when;       // has a trigger

    // Pure: the whole argument is known and the combination makes sense.
    bool (*validate)(const struct fault_spec *spec, struct error *error) MUST_CHECK;
    // In the lab, at spec->at_us. `*state` is the fault's own and is freed by `revert`.
    bool (*apply)(
        struct lab *lab, const struct fault_spec *spec, void **state, struct error *error) MUST_CHECK;
    // Undoes it. Called once, also when the cell is cut short.
    bool (*revert)(struct lab *lab, void *state, struct error *error) MUST_CHECK;
    // How many packets or processes it has met so far. Called before `revert`.
    bool (*count_hits)(struct lab *lab, void *state, int64_t *hits, struct error *error) MUST_CHECK;
};

// All kinds, NULL-terminated.
extern const struct fault_kind *const fault_kinds[];

// NULL: there is no such kind.
const struct fault_kind *fault_kind_by_name(const char *name);

#endif
