// One line, written over.
#include "host/progress.h"

#include "base/duration.h"

#include <stdio.h>

#define CLEAR_LINE "\r\033[K"

void run_progress_show(const struct run_progress *progress)
{
    long long virtual_s = progress->virtual_us / US_PER_S;
    fprintf(stderr, CLEAR_LINE "%zu of %zu cells done, %zu running, %lld s of virtual time travelled",
        progress->done, progress->total, progress->running, virtual_s);
    fflush(stderr);
}

void run_progress_clear(void)
{
    fputs(CLEAR_LINE, stderr);
    fflush(stderr);
}
