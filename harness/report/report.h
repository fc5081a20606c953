// Reports: one run's result for a person at a terminal, for a CI server and for a page on the web. All are
// pure and can be made again from a stored run.json.
#ifndef HANGUP_REPORT_REPORT_H
#define HANGUP_REPORT_REPORT_H

#include "base/error.h"
#include "result/result.h"

#include <stdio.h>

// What a report is printed on. Errors of `file` are left to the caller (ferror).
struct report_page {
    FILE *file;
    const struct run_result *result;
    const char *folder; // where the run is, for whoever looks at standard output; NULL: this is a file of it
    const struct folder *run; // with the cells' folders, for a report that looks into them; NULL: nowhere
    const struct run_result *before; // that it is compared with; NULL: none
    const char *before_name;
    bool colours;
    int width; // of standard output, in columns
    struct error *error;
};

// A file of the run's folder, a format of standard output (`--format`), or both.
struct report {
    const char *file, *format;                     // "junit.xml", "table"; NULL: it is none
    bool (*print)(const struct report_page *page); // false: page->error says why
};

extern const struct report reports[]; // the one table of them
extern const size_t reports_count;

// Each file of them, as a whole or not at all. False: ERROR_LAB.
bool reports_write(
    const struct folder *folder, const struct run_result *result, struct error *error) MUST_CHECK;

// The page alone, with what an earlier run had: changed cells first. `before_name` is what it is called
// there.
bool report_write_page(const struct folder *folder, const struct run_result *result,
    const struct run_result *before, const char *before_name, struct error *error) MUST_CHECK;

// NULL: there is no such format. The first in the table is what is printed where nobody asks for another.
const struct report *report_by_format(const char *format);
#define REPORT_DEFAULT (&reports[0])

#define REPORT_PAGE_FILE "report.html"

#define REPORT_FORMATS_SIZE 64
// "table or json". Returns `text`.
char *report_formats(char text[static REPORT_FORMATS_SIZE]);

// The table, with the reasons of what failed and what the application was told; the last line is the total.
bool report_table_print(const struct report_page *page);
// What run.json holds.
bool report_json_print(const struct report_page *page);
// A test suite per scenario, a test case per subject.
bool report_junit_print(const struct report_page *page);
// The same for servers that read CTRF; a test a cell for harnesses that read TAP; and annotations of GitHub
// Actions.
bool report_ctrf_print(const struct report_page *page);
bool report_tap_print(const struct report_page *page);
bool report_github_print(const struct report_page *page);
// GitHub-flavoured Markdown with the same content as the table.
bool report_summary_print(const struct report_page *page);
// A page for a browser, with the story of each cell.
bool report_html_print(const struct report_page *page);

#endif
