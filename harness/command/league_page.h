// The league for a browser: a page and a picture.
#ifndef HANGUP_COMMAND_LEAGUE_PAGE_H
#define HANGUP_COMMAND_LEAGUE_PAGE_H

#include "base/error.h"
#include "result/result.h"

// Either of the two paths may be NULL.
bool league_page_write(
    const struct run_result *run, const char *html, const char *svg, struct error *error) MUST_CHECK;

#endif
