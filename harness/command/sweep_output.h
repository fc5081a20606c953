// What a sweep shows: the same for one that was just run and for the whole of its shards.
#ifndef HANGUP_COMMAND_SWEEP_OUTPUT_H
#define HANGUP_COMMAND_SWEEP_OUTPUT_H

#include "sweep/json.h"

// Writes sweep.json and report.html into the folder, and prints the sweeps, or sweep.json.
bool sweep_output(
    const struct sweep_file *file, const struct folder *folder, bool as_json, struct error *error) MUST_CHECK;

#endif
