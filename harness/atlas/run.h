// Between the atlas and the cells: which cells it needs, and the rows out of a cell's folder.
#ifndef HANGUP_ATLAS_RUN_H
#define HANGUP_ATLAS_RUN_H

#include "atlas/atlas.h"
#include "plan/plan.h"
#include "verdict/verdict.h"

struct atlas_request {
    const struct erofs *image;
    const char *root; // the project's folder: the probes are in pool/probes below it
    const char *const *events, *const *clients;
    size_t events_count, clients_count; // 0: all
    uint64_t seed;
};

// NULL: ERROR_INPUT, with the names that there are.
struct plan *atlas_plan(const struct atlas_request *request, struct error *error) MUST_CHECK;

// One row for each phase of the cell. A cell without a trace gives holes with the verdict's reason. False: no
// memory.
bool atlas_collect(
    struct atlas *atlas, const struct cell *cell, const struct folder *folder, const struct verdict *verdict);

// Rows for the combinations that have no cell: events that plain connections do not have.
bool atlas_add_holes(struct atlas *atlas, const struct atlas_request *request);

#endif
