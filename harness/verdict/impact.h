// What the application suffered, from the numbers of its cell alone. Pure.
#ifndef HANGUP_VERDICT_IMPACT_H
#define HANGUP_VERDICT_IMPACT_H

#include "scenario/impact.h"
#include "scenario/metric.h"

// How much longer than its own work an operation takes until people notice, and until nobody waits any more:
// proxies and browsers have given up, and the application's threads are gone.
#define IMPACT_DELAY_US (5 * 1000000LL)
#define IMPACT_STUCK_US (60 * 1000000LL)

// Whether it was expected, and whether another pool does better, changes nothing. IMPACT_UNKNOWN: the numbers
// of a cell without a trace.
enum impact impact_of(const struct metrics *metrics);

#endif
