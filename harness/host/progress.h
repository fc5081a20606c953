// The progress line of a run on a terminal: cells done and running, virtual time travelled, time left.
#ifndef HANGUP_HOST_PROGRESS_H
#define HANGUP_HOST_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

struct run_progress {
    size_t done, running, total;
    const char *name; // of one of those that run; NULL: none does
    int64_t elapsed_us;
    int64_t virtual_us;
};

// Both write to standard error, on one line that is written over.
void run_progress_show(const struct run_progress *progress);
void run_progress_clear(void);

#endif
