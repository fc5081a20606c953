// Handles: what a caller has of a place while it is checked out.
//
// A handle is a number, not an address. It names the pool, the place, and one checkout of that place. So a
// handle that was given back already, or whose pool is freed, is told from the present one, and nothing that
// a caller passes is ever dereferenced.
//
//     63      36 35    20 19    1 0
//     checkouts | pool   | place | 0: out, 1: PQPOOL_PARKED; a handle's is 0
//
// Each place knows its holder: the handle that is out, the same with PQPOOL_PARKED, or PQPOOL_NOBODY. The
// thread that changes it with a compare-and-exchange owns the place. Of two that give it back at once, only
// one does.
#ifndef PQPOOL_HANDLE_H
#define PQPOOL_HANDLE_H

#include "pqpool_types.h"

#define PQPOOL_PLACE_SHIFT     1
#define PQPOOL_NUMBER_SHIFT    20
#define PQPOOL_CHECKOUTS_SHIFT 36
#define PQPOOL_MOST_PLACES     (1U << (PQPOOL_NUMBER_SHIFT - PQPOOL_PLACE_SHIFT))
#define PQPOOL_MOST_NUMBERS    (1U << (PQPOOL_CHECKOUTS_SHIFT - PQPOOL_NUMBER_SHIFT))

#define PQPOOL_NOBODY 0U
#define PQPOOL_PARKED 1U

// The places of the pool with that number.
struct pqpool_numbered {
    struct pqpool_place *_Atomic places; // NULL: no such pool, or not any more
    _Atomic unsigned count;
    atomic_bool taken;
    uint64_t checkouts; // of those before it with this number: their handles are not its own
};

extern struct pqpool_numbered pqpool_numbered[PQPOOL_MOST_NUMBERS];

// Gives the pool a number, and takes it back.
bool pqpool_handles_begin(struct pqpool *pool, struct pqpool_error *error);
void pqpool_handles_end(struct pqpool *pool);

void pqpool_count_refused(const struct pqpool_connection *handle);

// A new handle for a place that the calling thread owns: the place is checked out.
static inline struct pqpool_connection *pqpool_hand_out(struct pqpool_place *place)
{
    place->handle += UINT64_C(1) << PQPOOL_CHECKOUTS_SHIFT; // after the last one it starts again
    atomic_store_explicit(&place->holder, place->handle, memory_order_release);
    return (struct pqpool_connection *)place->handle; // NOLINT(performance-no-int-to-ptr): see above
}

// NULL: there is no such place. The handle may be anything.
static inline struct pqpool_place *pqpool_find_place(const struct pqpool_connection *handle)
{
    uint64_t number = (uintptr_t)handle;
    const struct pqpool_numbered
        *pool = &pqpool_numbered[number >> PQPOOL_NUMBER_SHIFT & (PQPOOL_MOST_NUMBERS - 1)];
    unsigned index = number >> PQPOOL_PLACE_SHIFT & (PQPOOL_MOST_PLACES - 1);
    struct pqpool_place *places = atomic_load_explicit(&pool->places, memory_order_acquire);
    bool exists = places && index < atomic_load_explicit(&pool->count, memory_order_relaxed);
    return exists ? places + index : NULL;
}

// NULL: this handle is not the one that is out.
static inline struct pqpool_place *pqpool_held_place(const struct pqpool_connection *handle)
{
    struct pqpool_place *place = pqpool_find_place(handle);
    uint64_t holder = place ? atomic_load_explicit(&place->holder, memory_order_acquire) : PQPOOL_NOBODY;
    return holder == (uintptr_t)handle && !(holder & PQPOOL_PARKED) ? place : NULL;
}

// Given back: from now on the calling thread owns the place. False: another thread was quicker.
static inline bool pqpool_take_back(struct pqpool_place *place, const struct pqpool_connection *handle)
{
    uint64_t holder = (uintptr_t)handle;
    return atomic_compare_exchange_strong(&place->holder, &holder, PQPOOL_NOBODY);
}

#endif
