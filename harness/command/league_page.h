// The league as a page and a picture, from a recorded baseline.
#ifndef HANGUP_COMMAND_LEAGUE_PAGE_H
#define HANGUP_COMMAND_LEAGUE_PAGE_H

#include "base/error.h"
#include "host/paths.h"

// Either of the two may be NULL.
bool league_page_write(const struct paths *paths, const char *baseline, const char *html, const char *svg,
    struct error *error) MUST_CHECK;

#endif
