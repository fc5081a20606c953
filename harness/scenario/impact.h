// The words for what the application suffered in a cell.
#ifndef HANGUP_SCENARIO_IMPACT_H
#define HANGUP_SCENARIO_IMPACT_H

#include <stdbool.h>

// The worst last: a cell has the worst that happened in it.
enum impact {
    IMPACT_UNKNOWN = -1, // there is no trace that proves anything
    IMPACT_CLEAN,
    IMPACT_DELAYED, // an operation took 5 s longer than its own work, or more (verdict/impact.h)
    IMPACT_ERRORS,  // an operation failed
    IMPACT_STUCK,   // an operation was never answered, or a minute late or more, or the pool never recovered
    IMPACT_DATA,    // the database does not hold what the application was told
    IMPACTS,
};

extern const char *const impact_names[]; // from clean to data; NULL-terminated

// "-" for IMPACT_UNKNOWN.
const char *impact_name(enum impact impact);
bool impact_by_name(const char *name, enum impact *impact);

#endif
