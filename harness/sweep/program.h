// The outcome of a program at one moment of a sweep, in words that are the same for all moments at which it
// ends alike: "errors: exit 1: OperationalError: SSL SYSCALL error: EOF detected". Pure.
//
// Nothing is known of what it wrote: only how it ended, how late, and what it said last.
#ifndef HANGUP_SWEEP_PROGRAM_H
#define HANGUP_SWEEP_PROGRAM_H

#include "base/error.h"

#include <stdint.h>

#include <jansson.h>

// How the undisturbed run went, which the others are held against.
struct sweep_calm {
    int64_t took_us, hang_us; // from its start to its end; the longest wait for an answer
};

// Of exec.json (exec/report.h).
struct sweep_calm sweep_calm_of(const json_t *report);
// Why a program cannot be swept by this undisturbed run: it did not exit with 0. The caller frees it; NULL:
// it can, or no memory.
char *sweep_calm_refusal(const json_t *report, const char *output, const char *errors);

// `output` and `errors`: what it wrote to its two streams. The caller frees it. NULL: no memory.
char *sweep_program_words(
    const json_t *report, const struct sweep_calm *calm, const char *output, const char *errors);

// The last one or two lines that tell of an error, with `#` for each number and address, in one line; empty:
// none does. The caller frees it. NULL: no memory.
char *sweep_error_line(const char *text);

#endif
