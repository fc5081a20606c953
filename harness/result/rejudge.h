// Gives the verdicts of a stored run again, from the traces in its folder.
#ifndef HANGUP_RESULT_REJUDGE_H
#define HANGUP_RESULT_REJUDGE_H

#include "base/error.h"
#include "result/result.h"

// `folder` holds run.json and the cells' folders. Cells that run.json does not know, because the run was
// killed, are added when their traces are whole, and count as not run when they are not. NULL: run.json is
// damaged, or there is neither one nor a cell.
struct run_result *run_rejudge(const struct folder *folder, struct error *error) MUST_CHECK;

#endif
