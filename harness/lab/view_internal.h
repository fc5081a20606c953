// How a view is made: shared by the two kinds of views only.
#ifndef HANGUP_LAB_VIEW_INTERNAL_H
#define HANGUP_LAB_VIEW_INTERNAL_H

#include "lab/view.h"

#define LAB_VIEW_ROOT    "/run/view"    // where the new root is put together
#define LAB_VIEW_SCRATCH "/run/scratch" // what is written below it

#define LAB_VIEW_SCRATCH_FD                                                                                  \
    0 // of the keeper, until PID 1 has taken it: the same folder, which nothing else leads to

struct lab_view_plan {
    // Mounts at and below LAB_VIEW_ROOT; in the view's namespaces, with PID 1's world still in sight.
    bool (*furnish)(const void *context, struct error *error);
    const void *context;
    int namespace_fd; // network; -1: PID 1's
    bool own_processes;
};

// After a failure, too, the view is to be closed.
bool lab_view_open(struct lab_view *view, const struct lab_view_plan *plan, struct error *error) MUST_CHECK;

// /dev, with nothing of the machine behind it.
bool lab_view_make_devices(struct error *error) MUST_CHECK;

#endif
