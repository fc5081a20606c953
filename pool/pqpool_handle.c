// The numbers of pools, by which a handle finds its place.
#include "pqpool_handle.h"

_Static_assert(sizeof(uintptr_t) * 8 == 64, "a handle needs 64 bits");
_Static_assert(2 * 2 * PQPOOL_MOST < PQPOOL_MOST_PLACES, "size, overflow, and with a hedge as many again");

struct pqpool_numbered pqpool_numbered[PQPOOL_MOST_NUMBERS];

// Numbers are given in turn, so that one is reused as late as possible. 0: too many pools. No pool has number
// 0, so that no handle is NULL.
static unsigned take_pool_number(void)
{
    static atomic_uint last = 0;
    for (unsigned tries = 0; tries < PQPOOL_MOST_NUMBERS; tries++) {
        unsigned number = (atomic_fetch_add(&last, 1) + 1) % PQPOOL_MOST_NUMBERS;
        if (number != 0 && !atomic_exchange(&pqpool_numbered[number].taken, true))
            return number;
    }
    return 0;
}

bool pqpool_handles_begin(struct pqpool *pool, struct pqpool_error *error)
{
    unsigned number = pool->number = take_pool_number();
    struct pqpool_numbered *numbered = &pqpool_numbered[number];
    if (number == 0)
        return pqpool_fail(
            error, PQPOOL_FAILURE_MEMORY, "more than %u pools at once", PQPOOL_MOST_NUMBERS - 1);
    for (unsigned i = 0; i < pool->place_count; i++)
        pool->places[i].handle = numbered->checkouts << PQPOOL_CHECKOUTS_SHIFT |
                                 (uint64_t)number << PQPOOL_NUMBER_SHIFT | i << PQPOOL_PLACE_SHIFT;
    atomic_store(&numbered->count, pool->place_count);
    atomic_store(&numbered->places, pool->places);
    return true;
}

void pqpool_handles_end(struct pqpool *pool)
{
    struct pqpool_numbered *numbered = &pqpool_numbered[pool->number];
    if (pool->number == 0)
        return;
    for (unsigned i = 0; i < pool->place_count; i++) {
        uint64_t checkouts = pool->places[i].handle >> PQPOOL_CHECKOUTS_SHIFT;
        if (checkouts > numbered->checkouts)
            numbered->checkouts = checkouts;
    }
    atomic_store(&numbered->places, NULL);
    atomic_store(&numbered->taken, false);
}

void pqpool_count_refused(const struct pqpool_connection *handle)
{
    struct pqpool_place *place = pqpool_find_place(handle);
    if (place)
        atomic_fetch_add_explicit(&place->pool->refused_returns, 1, memory_order_relaxed);
}
