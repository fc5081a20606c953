// Alarms: what a fault wants to do at a later moment, done by the one loop of the timeline.
#ifndef HANGUP_LAB_ALARM_H
#define HANGUP_LAB_ALARM_H

#include "lab/lab.h"

// Owned by whoever sets it, who clears it before it goes away. `next` belongs to the list.
struct lab_alarm {
    int64_t at_us; // of the scenario
    void (*ring)(struct lab *lab, void *context);
    void *context;
    struct lab_alarm *next;
};

// Rings once, at `alarm->at_us`: before everything else of that moment, and among alarms of one moment in the
// order in which they were set. It may set itself again.
void lab_alarm_set(struct lab *lab, struct lab_alarm *alarm);
// Nothing happens when it has rung already or was never set.
void lab_alarm_clear(struct lab *lab, const struct lab_alarm *alarm);

// When the next one rings; INT64_MAX: there is none.
int64_t lab_alarm_next_us(const struct lab *lab);
// Rings the next one.
void lab_alarm_ring(struct lab *lab);

#endif
