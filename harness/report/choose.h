// Two pools side by side, for somebody who chooses one. Pure.
#ifndef HANGUP_REPORT_CHOOSE_H
#define HANGUP_REPORT_CHOOSE_H

#include "result/compare.h"

#include <stdio.h>

// A Markdown table of the scenarios in which one does better, or of all, with what the server and the packets
// say; the last line counts. False: no memory.
bool report_choose_print(FILE *file, const struct comparison *comparison, bool all) MUST_CHECK;

#endif
