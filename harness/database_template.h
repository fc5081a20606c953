// The managed database's data directory: made once, in a guest, then shown below a tmpfs to every cell.
#ifndef HANGUP_DATABASE_TEMPLATE_H
#define HANGUP_DATABASE_TEMPLATE_H

#include "error.h"
#include "paths.h"

#include <limits.h>
#include <stdio.h>

// Below the template's folder:
#define TEMPLATE_DATA      "data"   // the data directory, with server.crt and server.key
#define TEMPLATE_AUTHORITY "ca.crt" // for the clients

// On the host: finds the template for the PostgreSQL installed here, makes it when absent (a guest of some
// seconds; says so on `progress`, which may be NULL). `folder` receives its path.
bool database_template_ensure(
    const struct paths *paths, FILE *progress, char folder[static PATH_MAX], struct error *error) MUST_CHECK;

// In the guest: makes a template and leaves it in the working directory.
bool database_template_make(struct error *error) MUST_CHECK;

#endif
