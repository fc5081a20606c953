// Cells that agree in everything before the scenario's zero, or before the stops that they have in common:
// they can share their beginning.
#ifndef HANGUP_PLAN_GROUPS_H
#define HANGUP_PLAN_GROUPS_H

#include "plan/plan.h"

struct plan_group {
    size_t *cells; // indices in the plan, in the order of their stops; points into struct plan_groups
    // Of each: how much more than its group's beginning it shares with the cell before: the number of stops
    // at which both have become the same (cell_stop_at), and go on so until the next stop.
    size_t *shared;
    size_t count;
};

struct plan_groups {
    size_t *cells, *shared;
    struct plan_group *groups; // in the order of their first cells
    size_t count;
};

// No group has more than `most` cells. With `most` 1 the groups are the cells. False: no memory.
bool plan_groups_make(
    const struct plan *plan, size_t most, struct plan_groups *groups, struct error *error) MUST_CHECK;
void plan_groups_free(struct plan_groups *groups);

// Takes its first cell out of it.
size_t plan_group_take(struct plan_group *group);
void plan_group_give_back(struct plan_group *group); // the cell that was taken last
// Of the cells from its first on, how many share `level` stops with the first: that one, too.
size_t plan_group_sharing(const struct plan_group *group, size_t level);

#endif
