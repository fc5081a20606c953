// A subject for somebody who wants to use it: each setting as code to paste, what it was seen to do,
// versions. Pure.
#ifndef HANGUP_REPORT_SUBJECT_PAGE_H
#define HANGUP_REPORT_SUBJECT_PAGE_H

#include "result/league.h"

#include <stdio.h>

// `strategy`: only this one; NULL: all. `recorded` has what was found about the subject, and versions.
void report_subject_print(
    FILE *file, const struct subject *subject, const char *strategy, const struct league *recorded);

#endif
