// Which options make sense together.
#include "pqpool_base.h"

static bool timeouts_are_valid(const struct pqpool_options *options)
{
    return options->ping_timeout_ms >= 0 && options->connect_timeout_ms >= 0 &&
           options->checkout_timeout_ms >= 0 && options->reset_timeout_ms >= 0 &&
           options->ping_idle_ms >= 0 && options->background_ping_ms >= 0 && options->max_age_ms >= 0 &&
           options->keepalive_idle_s >= 0 && options->keepalive_interval_s >= 0 &&
           options->keepalive_count >= 0 && options->tcp_user_timeout_ms >= 0;
}

static bool conninfo_is_valid(const char *conninfo, struct pqpool_error *error)
{
    char *reason = NULL;
    PQconninfoOption *parsed = PQconninfoParse(conninfo, &reason);
    if (!parsed && reason)
        pqpool_fail(error, PQPOOL_FAILURE_USAGE, "conninfo: %s", reason);
    else if (!parsed)
        pqpool_fail(error, PQPOOL_FAILURE_MEMORY, "out of memory");
    PQfreemem(reason);
    PQconninfoFree(parsed);
    return parsed != NULL;
}

bool pqpool_options_are_valid(const struct pqpool_options *options, struct pqpool_error *error)
{
    if (!options)
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "a pool needs options, not NULL");
    if (!options->conninfo || options->size == 0)
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "a pool needs a conninfo and a size of at least 1");
    if (options->size > PQPOOL_MOST || options->overflow > PQPOOL_MOST)
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "size and overflow are at most %d", PQPOOL_MOST);
    if (options->minimum > options->size)
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "the minimum is more than the size");
    if (!timeouts_are_valid(options))
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "a timeout is negative");
    if (options->order != PQPOOL_LIFO && options->order != PQPOOL_FIFO)
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "no such order: %d", (int)options->order);
    if (options->background_ping_ms > 0 && options->ping_timeout_ms == 0)
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "pings in the background need a ping_timeout_ms");
    return conninfo_is_valid(options->conninfo, error);
}

unsigned pqpool_options_places(const struct pqpool_options *options)
{
    return (options->size + options->overflow) * (options->hedge ? 2 : 1);
}
