// The pool's one clock: monotonic, in microseconds.
#include "pqpool_base.h"

#include <limits.h>

#define US_PER_S  1000000
#define US_PER_MS 1000
#define NS_PER_US 1000

static int64_t read_monotonic_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / NS_PER_US;
}

int64_t pqpool_now_us(void)
{
    return read_monotonic_us(CLOCK_MONOTONIC);
}

int64_t pqpool_last_tick_us(void)
{
    return read_monotonic_us(CLOCK_MONOTONIC_COARSE);
}

int64_t pqpool_deadline_after_ms(int timeout_ms)
{
    return timeout_ms == 0 ? PQPOOL_NEVER : pqpool_now_us() + (int64_t)timeout_ms * US_PER_MS;
}

int pqpool_poll_timeout_ms(int64_t deadline_us)
{
    if (deadline_us == PQPOOL_NEVER)
        return -1;
    int64_t left_us = deadline_us - pqpool_now_us();
    if (left_us <= 0)
        return 0;
    int64_t left_ms = (left_us + US_PER_MS - 1) / US_PER_MS; // down would wake too early, again and again
    return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

struct timespec pqpool_timespec(int64_t time_us)
{
    return (struct timespec){.tv_sec = time_us / US_PER_S, .tv_nsec = (long)(time_us % US_PER_S) * NS_PER_US};
}
