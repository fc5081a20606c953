// A cell's story for a terminal, in words; and as a trace that ui.perfetto.dev opens.
#ifndef HANGUP_REPORT_WHY_H
#define HANGUP_REPORT_WHY_H

#include "report/story.h"

#include <stdio.h>

struct why_question {
    int64_t at_us;     // a moment; ARROW_NEVER: the whole cell
    int64_t operation; // an operation; 0: all that went otherwise than planned
};

// Everything in it is text of one line that no terminal obeys. False: ERROR_INPUT, there is no such
// operation.
bool why_print(FILE *file, const struct story *story, const struct why_question *question,
    struct error *error) MUST_CHECK;

// The trace event format (JSON): one track each for operations, faults, connections, packets and the server.
void why_print_perfetto(FILE *file, const struct story *story);

#endif
