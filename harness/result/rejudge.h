// Gives the verdicts of a stored run again, from the traces in its folder.
#ifndef HANGUP_RESULT_REJUDGE_H
#define HANGUP_RESULT_REJUDGE_H

#include "base/error.h"
#include "result/result.h"

// `folder` holds run.json and the cells' folders. NULL: run.json is not there or not whole.
struct run_result *run_rejudge(const char *folder, struct error *error) MUST_CHECK;

#endif
