// A list in order of time.
#include "lab/alarm.h"

void lab_alarm_set(struct lab *lab, struct lab_alarm *alarm)
{
    struct lab_alarm **link = &lab->alarms;
    while (*link != NULL && (*link)->at_us <= alarm->at_us)
        link = &(*link)->next;
    alarm->next = *link;
    *link = alarm;
}

void lab_alarm_clear(struct lab *lab, const struct lab_alarm *alarm)
{
    struct lab_alarm **link = &lab->alarms;
    while (*link != NULL && *link != alarm)
        link = &(*link)->next;
    if (*link != NULL)
        *link = alarm->next;
}

int64_t lab_alarm_next_us(const struct lab *lab)
{
    return lab->alarms != NULL ? lab->alarms->at_us : INT64_MAX;
}

void lab_alarm_ring(struct lab *lab)
{
    struct lab_alarm *alarm = lab->alarms;
    lab->alarms = alarm->next; // first, so that it can set itself again
    alarm->ring(lab, alarm->context);
}
