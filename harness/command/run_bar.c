#include "command/run_bar.h"

#include "base/path.h"
#include "result/baseline.h"
#include "result/likeness.h"

#include <unistd.h>

bool run_bar_open(struct run_bar *bar, const struct paths *paths, const struct image *image,
    const struct run_options *options, struct error *error)
{
    *bar = (struct run_bar){.baseline = NULL};
    if (options->against == NULL && !options->accept)
        return true;
    if (options->against != NULL)
        path_format(bar->path, "%s", options->against);
    else
        path_format(bar->path, "%s/results/baseline/%s.json", paths->root, image->name);
    bool begins = options->accept && access(bar->path, F_OK) != 0;
    bar->baseline = begins ? baseline_new() : baseline_read(bar->path, error);
    return bar->baseline != NULL;
}

void run_bar_close(struct run_bar *bar)
{
    json_decref(bar->baseline);
    bar->baseline = NULL;
}

static bool hold_against(const struct run_bar *bar, const struct run_options *options,
    const struct run_result *result, int *status, struct error *error)
{
    struct baseline_counts counts = baseline_compare(bar->baseline, result, stderr);
    fprintf(stderr, "%zu same, %zu changed, %zu new, against %s\n", counts.same, counts.changed, counts.added,
        bar->path);
    if (!options->accept && counts.changed > 0 && *status == EXIT_AS_EXPECTED)
        *status = EXIT_FAILED;
    if (!options->accept || *status == EXIT_INTERRUPTED)
        return true;
    return baseline_take(bar->baseline, result) ? baseline_write(bar->baseline, bar->path, error)
                                                : error_set(error, ERROR_LAB, "out of memory");
}

bool run_bar_judge(const struct run_bar *bar, const struct run_options *options, const struct plan *plan,
    const struct run_result *result, int *status, struct error *error)
{
    fflush(stdout);
    if (bar_print(&options->bar, result, stderr) > 0 && *status == EXIT_AS_EXPECTED)
        *status = EXIT_FAILED;
    if (!likeness_print(plan, result, stderr))
        return error_set(error, ERROR_LAB, "out of memory");
    return bar->baseline == NULL || hold_against(bar, options, result, status, error);
}
