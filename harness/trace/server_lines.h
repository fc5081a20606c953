// What the server wrote into its log, line by line, with the moment on the scenario's clock; and which
// process served which of the application's ports.
#ifndef HANGUP_TRACE_SERVER_LINES_H
#define HANGUP_TRACE_SERVER_LINES_H

#include "base/folder.h"

#include <stddef.h>
#include <stdint.h>

struct server_line {
    int64_t at_us; // to the millisecond, as the log has it
    long pid;
    uint16_t app_port; // of the connection that the process serves; 0: not known
    char *level;       // "LOG", "FATAL"
    char *text;        // one line, whatever the server wrote
};

struct server_lines {
    struct server_line *items;
    size_t count;
};

// Durations of statements are left out. False: ERROR_LAB, and nothing to free.
bool server_lines_read_in(
    const struct folder *folder, int64_t zero_us, struct server_lines *lines, struct error *error) MUST_CHECK;
void server_lines_free(struct server_lines *lines);

// "2027-01-01 00:17:53.375 UTC [27] " or "1798761600.375 [27] ": its time, and what stands behind it, from
// the bracket on. NULL: neither.
const char *server_line_stamp(const char *line, int64_t *at_us);
// The SQL in it; NULL: it says something else.
const char *server_line_statement(const struct server_line *line);
// The process that served the port at that moment; 0: nobody did, or nobody knows.
long server_lines_pid(const struct server_lines *lines, uint16_t app_port, int64_t at_us);

#endif
