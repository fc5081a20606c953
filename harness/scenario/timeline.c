// Puts operations and faults of a scenario in order of time.
#include "scenario/timeline.h"

#include <stdlib.h>

static int compare_timeline_entries(const void *left, const void *right)
{
    const struct timeline_entry *a = left, *b = right;
    if (a->at_us != b->at_us)
        return a->at_us < b->at_us ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->index == b->index)
        return 0;
    // Faults that end together are undone in reverse order.
    bool earlier = a->index < b->index;
    return earlier == (a->kind == TIMELINE_REVERT) ? 1 : -1;
}

static void add_timeline_entry(
    struct timeline *timeline, int64_t at_us, enum timeline_kind kind, size_t index)
{
    timeline->entries[timeline->count++] = (struct timeline_entry){
        .at_us = at_us, .kind = kind, .index = index};
}

bool timeline_make(struct timeline *timeline, const struct scenario *scenario)
{
    size_t room = 2 * scenario->faults_count;
    for (size_t i = 0; i < scenario->workload_count; i++)
        room += (size_t)scenario->workload[i].count;
    *timeline = (struct timeline){.entries = calloc(room + 1, sizeof(*timeline->entries))};
    if (timeline->entries == NULL)
        return false;
    for (size_t i = 0; i < scenario->workload_count; i++)
        for (int n = 0; n < scenario->workload[i].count; n++)
            add_timeline_entry(timeline, scenario->workload[i].at_us + n * scenario->workload[i].every_us,
                TIMELINE_OPERATION, i);
    for (size_t i = 0; i < scenario->faults_count; i++) {
        const struct fault_spec *fault = &scenario->faults[i];
        add_timeline_entry(timeline, fault->at_us, TIMELINE_APPLY, i);
        if (fault->for_us != FAULT_FOREVER)
            add_timeline_entry(timeline, fault->at_us + fault->for_us, TIMELINE_REVERT, i);
    }
    qsort(timeline->entries, timeline->count, sizeof(*timeline->entries), compare_timeline_entries);
    return true;
}

void timeline_free(struct timeline *timeline)
{
    free(timeline->entries);
    *timeline = (struct timeline){0};
}
