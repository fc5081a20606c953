// A timeline without its operations.
#include "sweep/steps.h"

#include <stdio.h>
#include <string.h>

bool sweep_steps_of(const struct scenario *scenario, struct timeline *steps)
{
    size_t kept = 0, first = 0;
    if (!timeline_make(steps, scenario))
        return false;
    for (size_t i = 0; i < steps->count; i++)
        if (steps->entries[i].kind != TIMELINE_OPERATION)
            steps->entries[kept++] = steps->entries[i];
    steps->count = kept;
    while (first < kept && (steps->entries[first].kind != TIMELINE_APPLY || steps->entries[first].index != 0))
        first++;
    if (first < kept) {
        const struct timeline_entry begin = steps->entries[first];
        memmove(steps->entries + 1, steps->entries, first * sizeof(begin));
        steps->entries[0] = begin;
    }
    return true;
}

size_t sweep_steps_placed(const struct cell *cell)
{
    return cell->stop > 0 ? cell_levels(cell) : cell->via_count;
}

char *sweep_step_words(const struct scenario *scenario, size_t nth, char words[static SWEEP_STEP_SIZE])
{
    struct timeline steps;
    words[0] = '\0';
    if (!sweep_steps_of(scenario, &steps))
        return words;
    if (nth < steps.count) {
        const struct fault_spec *fault = &scenario->faults[steps.entries[nth].index];
        snprintf(words, SWEEP_STEP_SIZE, "%s%s %s",
            steps.entries[nth].kind == TIMELINE_REVERT ? "the end of " : "", fault->kind->name,
            fault->argument);
    }
    timeline_free(&steps);
    return words;
}
