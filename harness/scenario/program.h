// What `hangup exec` takes from a scenario: the network and the faults. The program is the workload, so a
// file with these two is enough, and so is no file at all. Pure, but for the reading of the file.
#ifndef HANGUP_SCENARIO_PROGRAM_H
#define HANGUP_SCENARIO_PROGRAM_H

#include "scenario/scenario.h"

#define SCENARIO_CALM "calm" // the name of the scenario that no file holds

// A file of which `network` and `faults` may be all that there is. Without `network` the path is the calm
// one's. NULL: ERROR_INPUT.
struct scenario *scenario_read_for_program(const char *path, struct error *error) MUST_CHECK;

// A path of 10 ms, and no fault.
struct scenario *scenario_calm(struct error *error) MUST_CHECK;

// One more fault, from the words of a command line: "60s silence both for 30s". It may come after the
// scenario's end, which is then later. False: ERROR_INPUT says what is wrong in `text`.
bool scenario_add_fault(struct scenario *scenario, const char *text, struct error *error) MUST_CHECK;

#endif
