// The one table of reports, and what is done with each of them.
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

const struct report reports[] = {
    {NULL, "table", report_table_print},
    {RUN_FILE, "json", report_json_print},
    {"junit.xml", NULL, report_junit_print},
    {"ctrf.json", "ctrf", report_ctrf_print},
    {NULL, "tap", report_tap_print},
    {NULL, "github", report_github_print},
    {"summary.md", NULL, report_summary_print},
    {REPORT_PAGE_FILE, NULL, report_html_print},
};

const size_t reports_count = sizeof(reports) / sizeof(reports[0]);

// `page` lacks only the file.
static bool write_report(
    const char *name, bool (*print)(const struct report_page *page), struct report_page page)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    if (!memory)
        return error_set(page.error, ERROR_LAB, "%s/%s: out of memory", page.run->path, name);
    page.file = memory;
    bool written = print(&page);
    bool whole = !ferror(memory);
    whole = fclose(memory) == 0 && whole;
    if (written && !whole)
        written = error_set(page.error, ERROR_LAB, "%s/%s: out of memory", page.run->path, name);
    written = written && folder_write_file(page.run, name, text, length, page.error);
    free(text);
    return written;
}

bool reports_write(const struct folder *folder, const struct run_result *result, struct error *error)
{
    bool written = true;
    for (size_t i = 0; written && i < reports_count; i++)
        written = !reports[i].file ||
                  write_report(reports[i].file, reports[i].print,
                      (struct report_page){.result = result, .run = folder, .error = error});
    return written;
}

bool report_write_page(const struct folder *folder, const struct run_result *result,
    const struct run_result *before, const char *before_name, struct error *error)
{
    return write_report(REPORT_PAGE_FILE, report_html_print,
        (struct report_page){
            .result = result, .run = folder, .before = before, .before_name = before_name, .error = error});
}

const struct report *report_by_format(const char *format)
{
    for (size_t i = 0; i < reports_count; i++)
        if (reports[i].format && strcmp(reports[i].format, format) == 0)
            return &reports[i];
    return NULL;
}

char *report_formats(char text[static REPORT_FORMATS_SIZE])
{
    const char *earlier = NULL;
    size_t used = 0;
    *text = '\0';
    for (size_t i = 0; i < reports_count && used < REPORT_FORMATS_SIZE; i++) {
        if (!reports[i].format)
            continue;
        if (earlier)
            used += (size_t)snprintf(
                text + used, REPORT_FORMATS_SIZE - used, "%s%s", used > 0 ? ", " : "", earlier);
        earlier = reports[i].format;
    }
    if (used < REPORT_FORMATS_SIZE)
        snprintf(text + used, REPORT_FORMATS_SIZE - used, "%s%s", used > 0 ? " or " : "", earlier);
    return text;
}

bool report_json_print(const struct report_page *page)
{
    json_t *json = run_result_to_json(page->result, page->error);
    if (!json)
        return false;
    if (page->folder) {
        json_dumpf(json, page->file, JSON_INDENT(1));
        putc('\n', page->file);
    } else {
        json_dumpf(json, page->file, JSON_INDENT(2) | JSON_REAL_PRECISION(RUN_REAL_PRECISION));
    }
    json_decref(json);
    return true;
}
