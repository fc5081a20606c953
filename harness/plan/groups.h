// Cells that agree in everything before the scenario's zero, or before the stops that they have in common:
// they can share their beginning.
#ifndef HANGUP_PLAN_GROUPS_H
#define HANGUP_PLAN_GROUPS_H

#include "plan/plan.h"

struct plan_group {
    size_t *cells; // indices in the plan, in the order of their stops; points into struct plan_groups
    size_t count;
};

struct plan_groups {
    size_t *cells;
    struct plan_group *groups; // in the order of their first cells
    size_t count;
};

// No group has more than `most` cells. With `most` 1 the groups are the cells. False: no memory.
bool plan_groups_make(
    const struct plan *plan, size_t most, struct plan_groups *groups, struct error *error) MUST_CHECK;
void plan_groups_free(struct plan_groups *groups);

#endif
