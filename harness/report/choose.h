// Two pools side by side, for somebody who chooses one. Pure.
#ifndef HANGUP_REPORT_CHOOSE_H
#define HANGUP_REPORT_CHOOSE_H

#include "result/compare.h"

#include <stdio.h>

// The scenarios in which one does better, or all, with what the server and the packets say; the last line
// counts. A Markdown table, or on a terminal (`width`, of base/terminal.h) a list. False: no memory.
bool report_choose_print(FILE *file, int width, const struct comparison *comparison, bool all) MUST_CHECK;

#endif
