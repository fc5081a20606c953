// The only clock calls of the project; lint bans them elsewhere.
#include "base/clock.h"

#include "base/duration.h"

#include <errno.h>
#include <sys/timerfd.h>

static int64_t read_clock_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
    return read_clock_us(CLOCK_MONOTONIC);
}

int64_t clock_realtime_offset_us(void)
{
    return read_clock_us(CLOCK_REALTIME) - read_clock_us(CLOCK_MONOTONIC);
}

static struct timespec to_timespec(int64_t us)
{
    return (struct timespec){.tv_sec = us / US_PER_S, .tv_nsec = us % US_PER_S * 1000};
}

void clock_wait_until(int64_t until_us)
{
    const struct timespec until = to_timespec(until_us);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        continue;
}

int clock_alarm_open(void)
{
    return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
}

void clock_alarm_set(int alarm_fd, int64_t until_us)
{
    // A zero would disarm it; a moment long past does what is meant.
    const struct itimerspec at = {.it_value = to_timespec(until_us > 0 ? until_us : 1)};
    timerfd_settime(alarm_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

struct timespec clock_timeout(int64_t until_us)
{
    int64_t left_us = until_us - clock_now_us();
    return to_timespec(left_us > 0 ? left_us : 0);
}

char *clock_format_utc(int64_t realtime_us, int compact, char text[static CLOCK_TEXT_SIZE])
{
    time_t seconds = realtime_us / US_PER_S;
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(text, CLOCK_TEXT_SIZE, compact ? "%Y%m%dT%H%M%SZ" : "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}
