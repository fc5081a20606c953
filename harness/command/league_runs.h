// What the league is made of: stored runs and recorded baselines.
#ifndef HANGUP_COMMAND_LEAGUE_RUNS_H
#define HANGUP_COMMAND_LEAGUE_RUNS_H

#include "base/error.h"
#include "host/paths.h"
#include "result/result.h"

#include <stdbool.h>
#include <stddef.h>

// "results/baseline/debian-13-peers.json" is a baseline; a folder is a run.
bool league_word_is_baseline(const char *word);

// All of them as one; where a cell is in several, the last counts. NULL: ERROR_INPUT, or no memory.
struct run_result *league_runs_read(
    const struct paths *paths, char *const *words, size_t count, struct error *error) MUST_CHECK;

#endif
