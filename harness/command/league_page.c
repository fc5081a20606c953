#include "command/league_page.h"

#include "base/atomic_file.h"
#include "report/matrix_svg.h"
#include "report/report.h"

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

bool league_page_write(const struct run_result *run, const char *html, const char *svg, struct error *error)
{
    return write_league_file(html, print_page, run, error) &&
           write_league_file(svg, print_picture, run, error);
}
