// One line, written over.
#include "host/progress.h"

#include "base/duration.h"

#include <stdio.h>

// What is longer than the line is cut off, not wrapped: what is written over is one line.
#define CLEAR_LINE  "\033[?7l\r\033[K"
#define END_OF_LINE "\033[?7h"

void run_progress_show(const struct run_progress *progress)
{
    long long virtual_s = progress->virtual_us / US_PER_S;
    fprintf(stderr, CLEAR_LINE "%zu of %zu cells done, %zu running, %lld s of virtual time travelled",
        progress->done, progress->total, progress->running, virtual_s);
    if (progress->done > 0 && progress->done < progress->total)
        fprintf(stderr, ", about %lld s left",
            (long long)(progress->elapsed_us / US_PER_S) * (long long)(progress->total - progress->done) /
                (long long)progress->done);
    if (progress->name != NULL)
        fprintf(stderr, ": %s", progress->name);
    fputs(END_OF_LINE, stderr);
    fflush(stderr);
}

void run_progress_clear(void)
{
    fputs(CLEAR_LINE END_OF_LINE, stderr);
    fflush(stderr);
}
