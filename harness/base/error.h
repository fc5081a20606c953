// One error shape for the whole program: what kind, in which file and line, and why in plain words.
#ifndef HANGUP_BASE_ERROR_H
#define HANGUP_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

#define MUST_CHECK               __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

enum error_category {
    ERROR_NONE,
    ERROR_INPUT, // the command line or a file is wrong: exit status 2
    ERROR_LAB,   // a cell could not be run: exit status 3
};

struct error {
    enum error_category category;
    char text[1024];
};

// All three return false, so that a failing function ends in `return error_set(...)`.
bool error_set(struct error *error, enum error_category category, const char *format, ...) PRINTF_LIKE(3, 4);
bool error_set_errno(struct error *error, enum error_category category, const char *format, ...)
    PRINTF_LIKE(3, 4); // appends ": " and strerror(errno)
bool error_context(struct error *error, const char *format, ...)
    PRINTF_LIKE(2, 3); // puts "context: " in front

#endif
