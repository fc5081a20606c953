#include "result/select.h"

#include <string.h>

static bool same_scenario(const struct run_result *result, size_t a, size_t b)
{
    return result->cells[b].verdict && strcmp(result->cells[a].scenario, result->cells[b].scenario) == 0;
}

size_t run_next_cell(const struct run_result *result, size_t first, size_t from)
{
    while (from < result->cells_count && !same_scenario(result, first, from))
        from++;
    return from;
}

size_t run_next_scenario(const struct run_result *result, size_t from)
{
    for (; from < result->cells_count; from++)
        if (result->cells[from].verdict && run_next_cell(result, from, 0) == from)
            return from;
    return from;
}
