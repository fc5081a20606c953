// Waiting for descriptors: the one place that polls, so that an error of poll is neither a signal nor a loop.
#ifndef HANGUP_BASE_EVENT_WAIT_H
#define HANGUP_BASE_EVENT_WAIT_H

#include "base/error.h"

#include <poll.h>
#include <time.h>

// Until one is ready or `timeout` is over; NULL: without an end. A signal ends the wait early, with nothing
// ready: all `revents` are 0 then, as after a time-out. False: poll itself failed.
bool event_wait(
    struct pollfd *watched, nfds_t count, const struct timespec *timeout, struct error *error) MUST_CHECK;
bool event_wait_ms(struct pollfd *watched, nfds_t count, int timeout_ms, struct error *error) MUST_CHECK;

#endif
