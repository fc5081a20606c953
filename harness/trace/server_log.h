// What the server saw of its clients: its log counts, so that no subject has to be believed.
#ifndef HANGUP_TRACE_SERVER_LOG_H
#define HANGUP_TRACE_SERVER_LOG_H

#include "base/folder.h"

#include <stdint.h>

struct server_counts {
    int64_t pings;    // `SELECT 1`, `SELECT NULL` (Sequel) and empty statements: health checks, not work
    int64_t connects; // sessions authorized
    int64_t ends;     // sessions that ended by the log; a crash has no line for them
    int64_t longest_quiet_us; // the longest that a session said nothing in the log, until its end
};

// Reads a log with log_line_prefix = '%m [%p] ' or '%n [%p] ', log_connections = on, log_statement = all and
// log_min_duration_statement = 0 (which shows empty statements of the extended protocol). Only sessions of
// user `app` count: the harness looks at its database as another user. False: ERROR_LAB.
bool server_log_count(struct folder_file *file, struct server_counts *counts, struct error *error) MUST_CHECK;
// The same of the log in a cell's folder.
bool server_log_count_in(
    const struct folder *folder, struct server_counts *counts, struct error *error) MUST_CHECK;

#endif
