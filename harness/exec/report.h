// What happened around a program in the lab, from its trace: exec.json, and a few lines for people.
#ifndef HANGUP_EXEC_REPORT_H
#define HANGUP_EXEC_REPORT_H

#include "base/folder.h"
#include "plan/plan.h"

#include <jansson.h>
#include <stdio.h>

// {"schema": "hangup-exec/1", "scenario", "seed", "lab", "status" | "signal", "timed_out", "lab_s", "wall_s"
// (where it is known),
//  "faults": [{"at_s", "ended_s": N | null, "text", "lasts", "requested", "hits": N | null}],
//  "wire": {"connections", "packets", "rst_to_app", "rst_to_db", "fin_to_app", "fin_to_db", "swallowed"},
//  "silences": [{"from_s", "for_s", "port"}], "hangs": trace/hang.h's, "forgotten": connections, where there
//  is a flow table, "server": {"sessions", "left_behind"}, "dropped": {"count", "files"}, "events_sha256",
//  "pcap_sha256", "dir"}
// Neither status nor signal: the lab failed, and "failure" says why. A fault without hits never came into
// place; one that lasts and has no end stood until the program ended. NULL: no memory, or the trace cannot be
// read.
json_t *exec_report_make(
    const struct cell *cell, const struct folder *folder, double wall_s, struct error *error) MUST_CHECK;

// The exit status that follows from it.
int exec_report_status(const json_t *report, bool strict);

// In lines of 80 columns, but for what cannot be broken.
void exec_report_print(FILE *out, const json_t *report);

#endif
