// What a run shows: the same for a run just done and for a stored one.
#ifndef HANGUP_COMMAND_OUTPUT_H
#define HANGUP_COMMAND_OUTPUT_H

#include "base/error.h"
#include "command/command.h"
#include "report/report.h"
#include "result/result.h"

// For a new run: what an earlier one left in the folder is gone: its reports and its cells, and nothing else.
bool run_output_clear(const struct folder *folder, struct error *error) MUST_CHECK;

// On standard output: the table (in colours on a terminal) and the folder, or what else was asked for.
bool run_output_print(const struct run_result *result, const struct folder *folder,
    const struct report *report, struct error *error) MUST_CHECK;

enum exit_status run_output_status(const struct run_result *result);

#endif
