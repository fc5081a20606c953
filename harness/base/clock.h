// The only clock of the project. Every time that is kept, compared or shown comes from here.
#ifndef HANGUP_BASE_CLOCK_H
#define HANGUP_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

// Microseconds on CLOCK_MONOTONIC: virtual in the virtual lab, real elsewhere.
int64_t clock_now_us(void);

// Where CLOCK_REALTIME stands against it, to put packet stamps (which the kernel gives in real time) on the
// same scale.
int64_t clock_realtime_offset_us(void);

// Waits until clock_now_us() reaches `until_us`.
void clock_wait_until(int64_t until_us);

// A timer as a file descriptor, readable from `until_us` on. Exact, where a time-out of poll may be a
// thousandth late: the kernel allows itself that slack. The descriptor is the caller's to close; -1: errno
// says why.
int clock_alarm_open(void);
void clock_alarm_set(int alarm_fd, int64_t until_us);

// A timeout for poll-like calls that ends at `until_us`; zero when that has passed.
struct timespec clock_timeout(int64_t until_us);

// "2026-11-22T15:05:53Z", for people; `compact` leaves out what file names should not hold.
#define CLOCK_TEXT_SIZE 32
char *clock_format_utc(int64_t realtime_us, int compact, char text[static CLOCK_TEXT_SIZE]);

#endif
