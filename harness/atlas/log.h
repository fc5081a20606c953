// A text of any size as the lines that a program meant to write: what a log, JSON or repr() did to them is
// undone.
#ifndef HANGUP_ATLAS_LOG_H
#define HANGUP_ATLAS_LOG_H

#include <stdbool.h>
#include <stddef.h>

struct log_line {
    char *plain;   // as it was meant
    char *folded;  // as diagnose_fold makes it; never empty
    size_t number; // of the input's line, from 1
    size_t record; // lines of one event have the same number
};

struct log {
    struct log_line *lines; // without empty ones
    size_t count;
};

// NULL: no memory. `text` may hold NULs.
struct log *log_new(const char *text, size_t length);
void log_free(struct log *log);

// Whether PostgreSQL's own log writes such a line: "LOG:  ", or "[4711] app@db FATAL:  ".
bool log_is_of_server(const char *plain);

#endif
