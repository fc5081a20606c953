// The matrix of a run as a picture for a page.
#ifndef HANGUP_REPORT_MATRIX_SVG_H
#define HANGUP_REPORT_MATRIX_SVG_H

#include "result/result.h"

#include <stdio.h>

// Of one seed. False: no memory; nothing is printed.
bool matrix_svg_print(FILE *file, const struct run_result *run) MUST_CHECK;

#endif
