// A few lines, written over.
#include "host/progress.h"

#include "base/duration.h"

#include <stdio.h>

// What is longer than the line is cut off, not wrapped: the lines that are written over are counted.
#define NO_WRAP     "\033[?7l"
#define WRAP        "\033[?7h"
#define LINE_UP     "\033[A"
#define CLEAR_BELOW "\r\033[J"

static size_t lines_shown;

static void go_back(void)
{
    for (; lines_shown > 1; lines_shown--)
        fputs(LINE_UP, stderr);
    lines_shown = 0;
    fputs(CLEAR_BELOW, stderr);
}

static void begin_progress_line(void)
{
    fputs(lines_shown++ > 0 ? "\r\n" : "", stderr);
}

static void show_head(const struct run_progress *progress)
{
    begin_progress_line();
    fprintf(stderr, "%zu of %zu cells done, %zu running, %lld s of virtual time travelled", progress->done,
        progress->total, progress->running, (long long)(progress->virtual_us / US_PER_S));
    if (progress->done > 0 && progress->done < progress->total)
        fprintf(stderr, ", about %lld s left",
            (long long)(progress->elapsed_us / US_PER_S) * (long long)(progress->total - progress->done) /
                (long long)progress->done);
}

// "  stuck 2, errors 1, clean 5; not as expected: 1"
static void show_impacts(const struct run_progress *progress)
{
    const char *separator = "  ";
    begin_progress_line();
    for (int i = IMPACTS; i-- > 0;) {
        if (progress->impacts[i] == 0)
            continue;
        fprintf(stderr, "%s%s %zu", separator, impact_name((enum impact)i), progress->impacts[i]);
        separator = ", ";
    }
    if (progress->not_as_expected > 0)
        fprintf(stderr, "; not as expected: %zu", progress->not_as_expected);
}

void run_progress_show(const struct run_progress *progress)
{
    fputs(NO_WRAP, stderr);
    go_back();
    show_head(progress);
    if (progress->done > 0)
        show_impacts(progress);
    for (size_t i = 0; i < progress->cells_count; i++) {
        begin_progress_line();
        fprintf(stderr, "  running %s, %lld s", progress->cells[i].name,
            (long long)(progress->cells[i].virtual_us / US_PER_S));
    }
    fputs(WRAP, stderr);
    fflush(stderr);
}

void run_progress_clear(void)
{
    fputs(NO_WRAP, stderr);
    go_back();
    fputs(WRAP, stderr);
    fflush(stderr);
}
