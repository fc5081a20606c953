// Gives the verdicts of a stored run again, from the traces in its folder.
#ifndef HANGUP_RUN_REJUDGE_H
#define HANGUP_RUN_REJUDGE_H

#include "error.h"
#include "run_result.h"

// `folder` holds run.json and the cells' folders. NULL: run.json is not there or not whole.
struct run_result *run_rejudge(const char *folder, struct error *error) MUST_CHECK;

#endif
