// exec.json, and what can be made of it and its trace later.
#include "exec/folder.h"

#include "base/atomic_file.h"
#include "base/json_file.h"
#include "base/path.h"
#include "exec/report.h"

#include <stdlib.h>
#include <unistd.h>

#define REPORT_FILE "exec.json"

bool exec_folder_has_report(const char *folder)
{
    char path[PATH_MAX];
    return access(path_format(path, "%s/" REPORT_FILE, folder), F_OK) == 0;
}

static void print(FILE *out, const void *report)
{
    json_dumpf(report, out, JSON_INDENT(1));
    fputc('\n', out);
}

bool exec_folder_write(const char *folder, const json_t *report, struct error *error)
{
    char path[PATH_MAX];
    return whole_file_print(path_format(path, "%s/" REPORT_FILE, folder), print, report, error);
}

static bool read_wall_time(const char *folder, double *wall_s, struct error *error)
{
    char path[PATH_MAX];
    json_error_t why;
    json_t *stored = json_stored_read(path_format(path, "%s/" REPORT_FILE, folder), ERROR_INPUT, error);
    if (stored == NULL)
        return false;
    bool read = json_unpack_ex(stored, &why, 0, "{s:F}", "wall_s", wall_s) == 0 ||
                error_set(error, ERROR_INPUT, "%s: %s", path, why.text);
    json_decref(stored);
    return read;
}

json_t *exec_folder_report(const char *folder, struct error *error)
{
    char absolute[PATH_MAX];
    double wall_s;
    if (realpath(folder, absolute) == NULL) {
        error_set_errno(error, ERROR_INPUT, "%s", folder);
        return NULL;
    }
    if (!read_wall_time(absolute, &wall_s, error))
        return NULL;
    struct cell *cell = cell_read(absolute, error);
    json_t *report = cell != NULL ? exec_report_make(cell, absolute, wall_s, error) : NULL;
    cell_free(cell);
    return report;
}
