// What a person fears of a database connection: the groups of the league's page. Which scenario belongs to
// which stands in fear.c, and nowhere else.
#ifndef HANGUP_RESULT_FEAR_H
#define HANGUP_RESULT_FEAR_H

#include "scenario/metric.h"

enum fear {
    FEAR_IDLE,
    FEAR_SILENCE,
    FEAR_FAILOVER,
    FEAR_CONNECT,
    FEAR_QUERY,
    FEAR_COMMIT,
    FEAR_PRICE,
    FEAR_OTHER, // scenarios of the user's own
    FEARS,
};

enum fear fear_of(const char *scenario);
const char *fear_title(enum fear fear);            // "Idle connections die"
enum metric fear_metric(enum fear fear);           // the figure that matters in this group
bool fear_metric_is_summed(enum fear fear);        // over its scenarios; otherwise the worst of them counts
bool fear_counts(enum fear, const char *scenario); // whether the scenario counts for the figure

#endif
