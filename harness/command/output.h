// What a run leaves behind and shows: the same for a run just done and for a stored one.
#ifndef HANGUP_COMMAND_OUTPUT_H
#define HANGUP_COMMAND_OUTPUT_H

#include "base/error.h"
#include "command/command.h"
#include "result/result.h"

// run.json, junit.xml and summary.md in the run's folder.
bool run_output_write(
    const struct run_result *result, const struct folder *folder, struct error *error) MUST_CHECK;

// On standard output: the table (in colours on a terminal) and the folder, or run.json's content.
bool run_output_print(
    const struct run_result *result, const struct folder *folder, bool json, struct error *error) MUST_CHECK;

enum exit_status run_output_status(const struct run_result *result);

#endif
