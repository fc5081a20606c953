// The one table of reports, and what is done with each of them.
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

const struct report reports[] = {
    {NULL, "table", report_table_print},
    {RUN_FILE, "json", report_json_print},
    {"junit.xml", NULL, report_junit_print},
    {"summary.md", NULL, report_summary_print},
};

const size_t reports_count = sizeof(reports) / sizeof(reports[0]);

static bool write_report(const struct report *report, const struct folder *folder,
    const struct run_result *result, struct error *error)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    if (!memory)
        return error_set(error, ERROR_LAB, "%s/%s: out of memory", folder->path, report->file);
    bool written = report->print(&(struct report_page){.file = memory, .result = result, .error = error});
    bool whole = !ferror(memory);
    whole = fclose(memory) == 0 && whole;
    if (written && !whole)
        written = error_set(error, ERROR_LAB, "%s/%s: out of memory", folder->path, report->file);
    written = written && folder_write_file(folder, report->file, text, length, error);
    free(text);
    return written;
}

bool reports_write(const struct folder *folder, const struct run_result *result, struct error *error)
{
    bool written = true;
    for (size_t i = 0; written && i < reports_count; i++)
        written = !reports[i].file || write_report(&reports[i], folder, result, error);
    return written;
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
