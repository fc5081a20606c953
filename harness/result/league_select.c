// Which cells and subjects of a run are in a league.
#include "result/league.h"

#include <string.h>

bool league_ran(const struct cell_result *cell)
{
    return cell->verdict && cell->verdict->outcome != OUTCOME_SKIP;
}

bool league_is_good(const struct cell_result *cell)
{
    enum impact impact = cell->verdict->impact;
    return league_ran(cell) && impact != IMPACT_UNKNOWN && impact <= cell->best;
}

const struct cell_result *league_cell(const struct league *league, const char *scenario, const char *subject)
{
    return run_order_find_seed(league->order, scenario, subject, league->run->seed);
}

// "pqpool:none" is of "pqpool" and of "pqpool:none".
static bool is_row_of(const char *subject, const char *wanted)
{
    size_t length = strlen(wanted);
    return strncmp(subject, wanted, length) == 0 && (subject[length] == '\0' || subject[length] == ':');
}

bool league_is_selected(const char *subject, const char *const *selection)
{
    for (size_t i = 0; selection && selection[i]; i++)
        if (is_row_of(subject, selection[i]))
            return true;
    return !selection;
}
