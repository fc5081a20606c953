// The database template in the cache: found, or made in a guest.
#ifndef HANGUP_HOST_TEMPLATE_H
#define HANGUP_HOST_TEMPLATE_H

#include "base/error.h"
#include "host/paths.h"

#include <limits.h>
#include <stdio.h>

// On the host: finds the template for the PostgreSQL installed here, makes it when absent (a guest of some
// seconds; says so on `progress`, which may be NULL). `folder` receives its path.
bool database_template_ensure(
    const struct paths *paths, FILE *progress, char folder[static PATH_MAX], struct error *error) MUST_CHECK;

#endif
