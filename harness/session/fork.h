// The moments at which a guest may fork: the scenario's zero, when the pool is open and no operation has been
// sent, and where its cell has a stop, each moment after it at which packets have been heard of.
#ifndef HANGUP_SESSION_FORK_H
#define HANGUP_SESSION_FORK_H

#include "lab/lab.h"

// The cells that a guest has been, one after another. The last is the lab's; earlier ones are still pointed
// at.
struct lab_cells {
    struct cell **items;
    size_t count;
};

void lab_cells_free(struct lab_cells *cells);

// Asks who started the guest. `stop`: the moment's number, from STOP_AT_ZERO on. A trunk waits in here until
// it is told to go on, or ended. `*became`: from here on the guest is another cell, which is the lab's, of
// `cells`. In a guest that runs one cell, or whose kernel cannot fork, nothing else happens than in a branch,
// and it takes no virtual time.
bool lab_fork(
    struct lab *lab, struct lab_cells *cells, int64_t stop, bool *became, struct error *error) MUST_CHECK;

#endif
