// PostgreSQL's programs, of the version that the image holds.
#ifndef HANGUP_LAB_POSTGRES_H
#define HANGUP_LAB_POSTGRES_H

#include "base/error.h"

#include <limits.h>

// "postgres" -> "/usr/lib/postgresql/17/bin/postgres". False: the image holds none, or more than one version.
bool lab_postgres_program(const char *name, char path[static PATH_MAX], struct error *error) MUST_CHECK;

#endif
