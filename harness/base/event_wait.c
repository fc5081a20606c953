#include "base/event_wait.h"

#include <errno.h>

bool event_wait(struct pollfd *watched, nfds_t count, const struct timespec *timeout, struct error *error)
{
    int ready = ppoll(watched, count, timeout, NULL);
    if (ready < 0 && errno != EINTR)
        return error_set_errno(error, ERROR_LAB, "cannot wait");
    for (nfds_t i = 0; ready <= 0 && i < count; i++)
        watched[i].revents = 0;
    return true;
}

bool event_wait_ms(struct pollfd *watched, nfds_t count, int timeout_ms, struct error *error)
{
    const struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
    return event_wait(watched, count, &timeout, error);
}
