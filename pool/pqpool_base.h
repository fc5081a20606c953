// What needs no pool and no session: the clock, errors, and the check of options.
#ifndef PQPOOL_BASE_H
#define PQPOOL_BASE_H

#include "pqpool.h"

#include <time.h>

#define PQPOOL_NEVER INT64_MAX

// pqpool_clock.c: the only place that reads a clock. Deadlines are in its microseconds.
int64_t pqpool_now_us(void);
// The same clock at the kernel's last tick, at most 10 ms ago; quicker to read.
int64_t pqpool_last_tick_us(void);
int64_t pqpool_deadline_after_ms(int timeout_ms); // 0: PQPOOL_NEVER
int pqpool_poll_timeout_ms(int64_t deadline_us);  // for poll(2): rounded up; -1 for PQPOOL_NEVER
struct timespec pqpool_timespec(int64_t time_us);

// pqpool_error.c. Both return false, so that a failing function ends in `return pqpool_fail(...)`.
// Newlines at the end of the text are dropped.
bool pqpool_fail(struct pqpool_error *error, enum pqpool_failure failure, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// With libpq's text for the connection, and the SQLSTATE of the result if there is one.
bool pqpool_fail_libpq(
    struct pqpool_error *error, enum pqpool_failure failure, const PGconn *pgconn, const PGresult *result);

// pqpool_options.c
bool pqpool_options_are_valid(const struct pqpool_options *options, struct pqpool_error *error);
// How many places a pool needs. With hedge: twice as many as may be checked out.
unsigned pqpool_options_places(const struct pqpool_options *options);

#endif
