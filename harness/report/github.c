// Annotations of GitHub Actions: what was not as expected, at the line of the scenario that expected it.
#include "report/report.h"

#include "report/internal.h"

#include <string.h>

// A value ends at a colon or comma, a message at the line's end.
static void print_github_text(FILE *file, const char *text, const char *special)
{
    for (; *text != '\0'; text++) {
        if (*text == '%' || *text == '\r' || *text == '\n' || strchr(special, *text) != NULL)
            fprintf(file, "%%%02X", (unsigned)(unsigned char)*text);
        else
            putc(*text, file);
    }
}

static void print_annotation(
    const struct report_page *page, const struct cell_result *cell, const char *reason)
{
    FILE *file = page->file;
    char path[REPORT_PLACE_SIZE];
    int line;
    fputs("::error ", file);
    if (report_reason_place(reason, path, &line)) {
        fputs("file=", file);
        print_github_text(file, path, ":,");
        fprintf(file, ",line=%d,", line);
    }
    fputs("title=", file);
    print_github_text(file, cell->scenario, ":,");
    fputs(" with ", file);
    print_github_text(file, cell->subject, ":,");
    fputs("::", file);
    print_github_text(file, reason, "");
    if (page->folder != NULL && cell->dir != NULL) {
        fputs("%0Ahangup why ", file);
        print_github_text(file, page->folder, "");
        putc('/', file);
        print_github_text(file, cell->dir, "");
    }
    putc('\n', file);
}

bool report_github_print(const struct report_page *page)
{
    for (size_t i = 0; i < page->result->cells_count; i++) {
        const struct cell_result *cell = &page->result->cells[i];
        bool bad = cell->verdict && cell->verdict->outcome >= OUTCOME_FAIL;
        if (cell->verdict && report_breach(cell))
            print_annotation(page, cell, report_breach(cell));
        for (size_t j = 0; bad && j < cell->verdict->reasons_count; j++)
            print_annotation(page, cell, cell->verdict->reasons[j]);
    }
    report_total(page->file, page->result);
    if (page->folder != NULL)
        fprintf(page->file, "%s\n", page->folder);
    return true;
}
