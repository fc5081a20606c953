// What a free place needs before it can be handed out, decided from what the pool knows already.
#include "pqpool_owner.h"

#include <stdatomic.h>

#define US_PER_MS INT64_C(1000)

// Multiples of the golden ratio spread evenly: sessions opened together are not replaced together.
#define JITTER_STEP   2654435769U // 2^32 / golden ratio
#define JITTER_SHIFT  32
#define JITTER_DIVIDE 10 // up to a tenth of max_age_ms is taken off

static int64_t age_limit_us(const struct pqpool_place *place)
{
    int64_t limit_us = place->pool->options.max_age_ms * US_PER_MS;
    uint64_t jitter = (uint32_t)place->serial * JITTER_STEP & UINT32_MAX;
    return limit_us - (int64_t)((uint64_t)(limit_us / JITTER_DIVIDE) * jitter >> JITTER_SHIFT);
}

static bool used_lately(const struct pqpool_place *place, int64_t now_us)
{
    int64_t limit_us = place->pool->options.ping_idle_ms * US_PER_MS;
    return limit_us > 0 && now_us - place->used_us < limit_us;
}

bool pqpool_keeps_time(const struct pqpool_options *options)
{
    return options->ping_idle_ms > 0 || options->max_age_ms > 0 || options->background_ping_ms > 0;
}

// On the fast path, reading the exact time twice would take longer than all the rest.
int64_t pqpool_time_of_use_us(const struct pqpool *pool)
{
    return pool->parks ? pqpool_last_tick_us() : pqpool_now_us();
}

// False, too, while another is being replaced for its age: one at a time.
static bool is_too_old(const struct pqpool_place *place, int64_t now_us)
{
    const struct pqpool *pool = place->pool;
    return pool->options.max_age_ms > 0 && now_us - place->opened_us >= age_limit_us(place) &&
           !atomic_load_explicit(&pool->recycling, memory_order_relaxed);
}

struct pqpool_step pqpool_next_step(const struct pqpool_place *place)
{
    const struct pqpool *pool = place->pool;
    const struct pqpool_options *options = &pool->options;
    if (place->state == PQPOOL_CLOSED)
        return (struct pqpool_step){PQPOOL_CONNECTING, PQPOOL_CHECKOUT};
    if (place->serial <= pool->outdated)
        return (struct pqpool_step){PQPOOL_CLOSING, PQPOOL_OUTDATED};
    int64_t now_us = pool->keeps_time ? pqpool_time_of_use_us(pool) : 0;
    if (is_too_old(place, now_us))
        return (struct pqpool_step){PQPOOL_CLOSING, PQPOOL_TOO_OLD};
    if ((options->pre_ping || options->hedge) && !used_lately(place, now_us))
        return (struct pqpool_step){PQPOOL_PINGING, PQPOOL_CHECKOUT};
    return (struct pqpool_step){PQPOOL_CHECKED_OUT, PQPOOL_CHECKOUT};
}
