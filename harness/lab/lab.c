// What every part of the lab shares: its time and its events.
#include "lab/lab.h"

#include "base/clock.h"
#include "trace/event.h"

int64_t lab_now_us(const struct lab *lab)
{
    return clock_now_us() - lab->zero_us;
}

void lab_event(struct lab *lab, const char *event, json_t *members)
{
    struct error error = {0};
    if (!trace_event_write(lab->events, lab_now_us(lab), event, members, &error)) {
        fprintf(stderr, "hangup: %s\n", error.text);
        lab->broken = true;
    }
}

void lab_watch(struct lab *lab, struct lab_watcher *watcher)
{
    watcher->next = lab->watchers;
    lab->watchers = watcher;
}

void lab_unwatch(struct lab *lab, const struct lab_watcher *watcher)
{
    struct lab_watcher **link = &lab->watchers;
    while (*link != NULL && *link != watcher)
        link = &(*link)->next;
    if (*link != NULL)
        *link = watcher->next;
}
