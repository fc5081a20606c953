// The league as a page of Markdown that a terminal shows as well. Pure.
#ifndef HANGUP_REPORT_LEAGUE_H
#define HANGUP_REPORT_LEAGUE_H

#include "result/league.h"

#include <stdio.h>

// What the page says about how it was made.
struct league_page {
    const struct league *league;
    const char *command; // that makes it again
};

void report_league_print(FILE *file, const void *league_page);
bool report_league_write(const char *path, const struct league_page *page, struct error *error) MUST_CHECK;

#endif
