// What to change: which setting of a pool is the best against a fear, as recorded cells show it.
#ifndef HANGUP_ATLAS_CURE_H
#define HANGUP_ATLAS_CURE_H

#include "atlas/recorded.h"
#include "atlas/sayings.h"

#include <stdio.h>

// What somebody may be afraid of, and the scenario that shows it.
struct fear {
    const char *name, *scenario, *is;
    bool apart; // told only of who fears it: no pool answers in time while no server can be reached
};

extern const struct fear fears[];
extern const size_t fears_count;
const struct fear *fear_by_name(const char *name); // NULL: there is none
// The fear that a cause belongs to. NULL: no setting of a pool helps.
const struct fear *fear_of_cause(const struct sayings *sayings, int cause);

// The setting that somebody has who has set nothing, and the best one. False: nothing is recorded of either.
// Best of equals is the cheapest.
struct cure {
    const struct subject_strategy *before, *after; // the same: nothing helps
    struct recorded_cell was, is;
};
bool cure_find(
    const json_t *recorded, const struct subject *subject, const struct fear *fear, struct cure *cure);

// The "change" of a diagnosis; where nothing is recorded, it says so. Lines begin with labels as wide as
// `indent`.
void cure_print(FILE *file, int indent, int width, const json_t *recorded, const struct subject *subject,
    const struct fear *fear);

// hangup advise: the cheapest setting that answers everything in time whatever of the fears happens. False:
// none does, which is said.
bool cure_advise(FILE *file, int width, const json_t *recorded, const struct subject *subject,
    const struct fear *const *feared, size_t count, int64_t within_us);

#endif
