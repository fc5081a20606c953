// What a run says of each cell as it ends: one line, and why it went wrong where it did.
#ifndef HANGUP_REPORT_CELL_LINE_H
#define HANGUP_REPORT_CELL_LINE_H

#include "result/result.h"

#include <stddef.h>

// "[12/80] errors   pass  idle/hung-up  pqpool:none  1.8 s", and below it a line for each reason of a verdict
// that is not as expected. `stream` is a FILE; what is printed goes out at once.
void cell_line_print(void *stream, const struct cell_result *cell, size_t done, size_t total);

#endif
