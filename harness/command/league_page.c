// What stands in a baseline, shown by what shows runs.
#include "command/league_page.h"

#include "base/atomic_file.h"
#include "base/text.h"
#include "plan/plan.h"
#include "report/matrix_svg.h"
#include "report/report.h"
#include "result/baseline.h"
#include "result/recorded.h"

#include <stdlib.h>
#include <string.h>

struct printing {
    const struct run_result *run;
    struct error *error;
    bool *whole;
};

static void print_page(FILE *file, const void *context)
{
    const struct printing *printing = context;
    const struct report_page page = {.file = file, .result = printing->run, .error = printing->error};
    *printing->whole = report_html_print(&page);
}

static void print_picture(FILE *file, const void *context)
{
    const struct printing *printing = context;
    *printing->whole = matrix_svg_print(file, printing->run) ||
                       error_set(printing->error, ERROR_LAB, "out of memory");
}

static bool write_league_file(const char *path, void (*print)(FILE *file, const void *context),
    const struct run_result *run, struct error *error)
{
    bool whole = true;
    const struct printing printing = {run, error, &whole};
    return path == NULL || (whole_file_print(path, print, &printing, error) && whole);
}

// A scenario that is gone keeps its name.
static bool take_claims(const struct paths *paths, struct run_result *run, struct error *error)
{
    for (size_t i = 0; i < run->cells_count; i++) {
        struct error gone = {0};
        const char *name = run->cells[i].scenario;
        struct scenario *scenario = plan_read_scenario(paths->root, name, &gone);
        for (size_t j = i; scenario != NULL && j < run->cells_count; j++) {
            struct cell_result *cell = &run->cells[j];
            if (strcmp(cell->scenario, name) != 0 || *cell->claim != '\0')
                continue;
            free(cell->claim);
            cell->claim = text_one_line(scenario->claim);
            cell->best = scenario->best;
            if (cell->claim == NULL) {
                scenario_free(scenario);
                return error_set(error, ERROR_LAB, "out of memory");
            }
        }
        scenario_free(scenario);
        while (i + 1 < run->cells_count && strcmp(run->cells[i + 1].scenario, name) == 0)
            i++;
    }
    return true;
}

bool league_page_write(
    const struct paths *paths, const char *baseline, const char *html, const char *svg, struct error *error)
{
    json_t *json = baseline_read(baseline, error);
    struct run_result *run = json != NULL ? recorded_run(json, error) : NULL;
    json_decref(json);
    bool written = run != NULL && take_claims(paths, run, error) &&
                   write_league_file(html, print_page, run, error) &&
                   write_league_file(svg, print_picture, run, error);
    run_result_free(run);
    return written;
}
