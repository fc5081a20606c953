// The live block of a run on a terminal: cells done by impact, those that run, virtual time travelled, time
// left.
#ifndef HANGUP_HOST_PROGRESS_H
#define HANGUP_HOST_PROGRESS_H

#include "result/result.h"

#include <stddef.h>
#include <stdint.h>

#define PROGRESS_NAMES 8 // running cells that are named

struct run_progress {
    size_t done, running, total;
    size_t impacts[IMPACTS]; // of those that are done
    size_t not_as_expected;
    struct run_progress_cell {
        const char *name;
        int64_t virtual_us; // travelled
    } cells[PROGRESS_NAMES];
    size_t cells_count;
    int64_t elapsed_us;
    int64_t virtual_us;
};

// Both write to standard error, on lines that are written over.
void run_progress_show(const struct run_progress *progress);
void run_progress_clear(void);

#endif
