// exec.json, and what can be made of it and its trace later.
#include "exec/folder.h"

#include "base/atomic_file.h"
#include "base/json_file.h"
#include "base/json_number.h"
#include "base/path.h"
#include "exec/report.h"

#include <stdlib.h>
#include <string.h>

#define REPORT_FILE "exec.json"

// Without a report it was killed: its plan says what it was.
bool exec_folder_is(const struct folder *folder)
{
    struct error ignored = {0};
    if (folder_has(folder, REPORT_FILE))
        return true;
    struct cell *cell = cell_read(folder, &ignored);
    bool is = cell != NULL && strcmp(cell->subject, EXEC_SUBJECT) == 0;
    cell_free(cell);
    return is;
}

bool exec_folder_has_report(const struct folder *folder)
{
    return folder_has(folder, REPORT_FILE);
}

json_t *exec_folder_read(const struct folder *folder, struct error *error)
{
    return json_file_read_in(folder, REPORT_FILE, ERROR_LAB, error);
}

static void print_exec_file(FILE *out, const void *report)
{
    json_dumpf(report, out, JSON_INDENT(1));
    fputc('\n', out);
}

bool exec_folder_write(const struct folder *folder, const json_t *report, struct error *error)
{
    return whole_file_print_in(folder, REPORT_FILE, print_exec_file, report, error);
}

// Nobody knows it where the report is missing.
static bool read_wall_time(const struct folder *folder, double *wall_s, struct error *error)
{
    int64_t wall_us;
    *wall_s = 0;
    if (!folder_has(folder, REPORT_FILE))
        return true;
    json_t *stored = json_file_read_in(folder, REPORT_FILE, ERROR_INPUT, error);
    if (stored == NULL)
        return false;
    bool read = json_number_duration(json_object_get(stored, "wall_s"), US_PER_S, &wall_us) ||
                error_set(error, ERROR_INPUT, "%s/" REPORT_FILE ": wall_s: expected a number of seconds",
                    folder->path);
    *wall_s = (double)wall_us / US_PER_S;
    json_decref(stored);
    return read;
}

// The folder is named in the report, wherever that is read.
static bool name_absolutely(struct folder *folder, struct error *error)
{
    char absolute[PATH_MAX];
    if (realpath(folder->path, absolute) == NULL)
        return error_set_errno(error, ERROR_INPUT, "%s", folder->path);
    path_format(folder->path, "%s", absolute);
    return true;
}

json_t *exec_folder_report(const struct folder *folder, struct error *error)
{
    struct folder named = *folder; // of the same descriptor
    double wall_s;
    if (!name_absolutely(&named, error) || !read_wall_time(&named, &wall_s, error))
        return NULL;
    struct cell *cell = cell_read(&named, error);
    json_t *report = cell != NULL ? exec_report_make(cell, &named, wall_s, error) : NULL;
    cell_free(cell);
    if (!folder_has(&named, REPORT_FILE))
        json_object_del(report, "wall_s");
    return report;
}
