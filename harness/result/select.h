// Which cells of a run belong together, found by sorting: a run may have tens of thousands.
#ifndef HANGUP_RESULT_SELECT_H
#define HANGUP_RESULT_SELECT_H

#include "result/result.h"

// Indices of cells that were run; cells_count stands for the end. In the order of the run:
//   for (i = order->first; i < count; i = order->next_scenario[i])    the first cell of each scenario
//       for (j = i; j < count; j = order->next_cell[j])               all cells of that scenario
struct run_order {
    size_t first;
    size_t *next_scenario; // of the first cell of each scenario
    size_t *next_cell;     // of the same scenario
    size_t *first_cell;    // of the same scenario
    bool *has_twin;        // there is another of the same scenario and subject: its seed tells it apart
    const struct run_result *run;
    const struct cell_result **by_name; // sorted by scenario and subject
    size_t count;
};

// The run is borrowed. NULL: no memory.
struct run_order *run_order_new(const struct run_result *run);
void run_order_free(struct run_order *order);

// The first cell of these. NULL: there is none.
const struct cell_result *run_order_find(
    const struct run_order *order, const char *scenario, const char *subject);
// All of them, one for each seed. NULL: there is none.
const struct cell_result *const *run_order_find_all(
    const struct run_order *order, const char *scenario, const char *subject, size_t *count);
// The first of these that has the seed.
const struct cell_result *run_order_find_seed(
    const struct run_order *order, const char *scenario, const char *subject, uint64_t seed);

#endif
