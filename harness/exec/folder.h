// What `hangup exec` leaves in its folder beside the trace: exec.json. From both its report can be told
// again, without the program.
#ifndef HANGUP_EXEC_FOLDER_H
#define HANGUP_EXEC_FOLDER_H

#include "base/folder.h"

#include <jansson.h>

// Stands in its plan.json where a cell of a run has "pool:strategy".
#define EXEC_SUBJECT "exec"

// Whether it is such a folder. exec.json is not there when hangup was killed or interrupted.
bool exec_folder_is(const struct folder *folder);
bool exec_folder_has_report(const struct folder *folder);
bool exec_folder_write(const struct folder *folder, const json_t *report, struct error *error) MUST_CHECK;

// exec.json itself. NULL: ERROR_LAB.
json_t *exec_folder_read(const struct folder *folder, struct error *error) MUST_CHECK;

// The report as exec_report_make gives it, from what is stored: only the wall time, of which the trace knows
// nothing, is exec.json's. NULL: ERROR_INPUT for one of the JSON files, ERROR_LAB for the trace.
json_t *exec_folder_report(const struct folder *folder, struct error *error) MUST_CHECK;

#endif
