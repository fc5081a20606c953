// libpq's connection string, as far as an application may add to it.
#ifndef HANGUP_SCENARIO_CONNINFO_H
#define HANGUP_SCENARIO_CONNINFO_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

// What an application may add to the conninfo: settings that libpq knows, and that are not the lab's own.
bool scenario_check_conninfo(const char *conninfo, const char **why) MUST_CHECK;

// The keyword of the first setting in `*conninfo`, which was checked; `*conninfo` is behind the setting then.
// NULL: there is none.
const char *conninfo_next(const char **conninfo, size_t *length);

#endif
