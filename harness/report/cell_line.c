// One cell, one line.
#include "report/cell_line.h"

#include <stdio.h>

#define REASONS_SHOWN 3

static bool is_as_expected(const struct verdict *verdict)
{
    return verdict->outcome == OUTCOME_PASS || verdict->outcome == OUTCOME_SKIP;
}

void cell_line_print(void *stream, const struct cell_result *cell, size_t done, size_t total)
{
    FILE *file = stream;
    const struct verdict *verdict = cell->verdict;
    fprintf(file, "[%zu/%zu] %-7s  %-5s  %s  %s  %.1f s\n", done, total, impact_name(verdict->impact),
        outcome_name(verdict->outcome), cell->scenario, cell->subject, cell->wall_s);
    for (size_t i = 0; !is_as_expected(verdict) && i < verdict->reasons_count && i < REASONS_SHOWN; i++)
        fprintf(file, "    %s\n", verdict->reasons[i]);
    fflush(file);
}
