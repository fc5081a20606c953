// The fast path: checkin and checkout without the lock. A thread parks what it gives back in a slot of its
// own and finds it there at its next checkout. That is one compare-and-exchange of the place's holder each,
// on a cache line that no other thread touches.
//
// A parked session stays on the list "checked out". When another thread collects it, pqpool_move moves it to
// idle, like any other. When its own thread takes it again, the two moves cancel out and are only counted.
//
// In a pool with PQPOOL_FIFO a session is parked only during a turn, and only while somebody waits.
//
// To look at all places that are checked out takes as long as many cycles. Once that has found nothing, only
// sessions in a turn can be parked until parking is allowed to all again ("swept").
//
// No wake-up is lost. A thread that parks checks afterwards that it still may. A thread that waits first
// forbids parking, to all or to those whose turn is over, and then looks for parked sessions. One of the two
// sees the other: all of these operations are sequentially consistent.
#include "pqpool_handle.h"
#include "pqpool_monitor.h"
#include "pqpool_owner.h"

#define PQPOOL_CYCLES_PER_LOOK 32 // reading the clock takes as long as one cycle
#define PQPOOL_GRACE_US        (9 * PQPOOL_TURN_US)

static _Atomic unsigned threads_seen;
static _Thread_local unsigned own_number __attribute__((tls_model("initial-exec"))); // 0: none yet

unsigned pqpool_thread_number(void)
{
    if (own_number == 0)
        own_number = atomic_fetch_add_explicit(&threads_seen, 1, memory_order_relaxed) + 1;
    return own_number;
}

static struct pqpool_slot *own_slot(struct pqpool *pool)
{
    return &pool->slots[pqpool_thread_number() % PQPOOL_SLOTS];
}

void pqpool_allow_parking(struct pqpool *pool)
{
    const struct pqpool_waiter *first = TAILQ_FIRST(&pool->waiters);
    enum pqpool_parking allow = pool->options.order == PQPOOL_LIFO ? PQPOOL_PARKS_ALL : PQPOOL_PARKS_NONE;
    if (!pool->parks || pool->draining || pqpool_count_sessions(pool) > pool->options.size ||
        (first && first->look_us == PQPOOL_NEVER))
        allow = PQPOOL_PARKS_NONE;
    else if (first)
        allow = PQPOOL_PARKS_IN_TURN;
    if (allow == PQPOOL_PARKS_ALL)
        pool->swept = false;
    if (allow != atomic_load_explicit(&pool->parking, memory_order_relaxed))
        atomic_store(&pool->parking, allow);
}

static bool may_park(const struct pqpool_place *place, memory_order order)
{
    enum pqpool_parking allowed = atomic_load_explicit(&place->pool->parking, order);
    return allowed == PQPOOL_PARKS_ALL ||
           (allowed == PQPOOL_PARKS_IN_TURN && atomic_load_explicit(&place->in_turn, order));
}

static bool is_parked(const struct pqpool_place *place)
{
    return atomic_load_explicit(&place->holder, memory_order_relaxed) & PQPOOL_PARKED;
}

static bool is_parked_in(const struct pqpool_place *place, const struct pqpool_slot *slot)
{
    return is_parked(place) && atomic_load_explicit(&place->parked_in, memory_order_relaxed) == slot;
}

// False: another place is parked there.
static bool reserve_slot(struct pqpool_slot *slot, struct pqpool_place *place)
{
    const struct pqpool_place *last = atomic_load_explicit(&slot->last, memory_order_relaxed);
    if (last != place) {
        if (last && is_parked_in(last, slot))
            return false;
        atomic_store_explicit(&slot->last, place, memory_order_relaxed);
    }
    if (atomic_load_explicit(&place->parked_in, memory_order_relaxed) != slot)
        atomic_store_explicit(&place->parked_in, slot, memory_order_relaxed);
    return true;
}

// With more running threads than processors, the waiter that should end the turn may not run for long. Then
// the thread whose turn it is ends it.
static bool turn_is_long_over(const struct pqpool_place *place)
{
    return place->turn_over_us != 0 &&
           atomic_load_explicit(&place->returns, memory_order_relaxed) % PQPOOL_CYCLES_PER_LOOK == 0 &&
           place->turn_over_us + PQPOOL_GRACE_US <= pqpool_now_us();
}

bool pqpool_park(struct pqpool_place *place, const struct pqpool_connection *handle)
{
    uint64_t out = (uintptr_t)handle, parked = out | PQPOOL_PARKED;
    if (!may_park(place, memory_order_relaxed) || turn_is_long_over(place) ||
        !reserve_slot(own_slot(place->pool), place) ||
        !atomic_compare_exchange_strong(&place->holder, &out, parked))
        return false;
    // Unpark it and give it back through the lock, unless another thread has collected it meanwhile.
    return may_park(place, memory_order_seq_cst) ||
           !atomic_compare_exchange_strong(&place->holder, &parked, out);
}

bool pqpool_park_for_turn(struct pqpool_place *place)
{
    if (!reserve_slot(own_slot(place->pool), place))
        return false;
    place->pool->swept = false;
    atomic_store(&place->holder, place->handle | PQPOOL_PARKED);
    return true;
}

// From now on the calling thread owns it. False: it is not parked, or another thread was quicker.
static bool take_parked_place(struct pqpool_place *place)
{
    uint64_t holder = atomic_load(&place->holder);
    return holder & PQPOOL_PARKED && atomic_compare_exchange_strong(&place->holder, &holder, PQPOOL_NOBODY);
}

// False: it must queue with the idle ones (PQPOOL_FIFO).
static bool may_unpark(const struct pqpool *pool)
{
    return pool->options.order == PQPOOL_LIFO ||
           atomic_load_explicit(&pool->parking, memory_order_relaxed) == PQPOOL_PARKS_IN_TURN;
}

struct pqpool_place *pqpool_unpark(struct pqpool *pool)
{
    struct pqpool_slot *slot = own_slot(pool);
    struct pqpool_place *place = atomic_load_explicit(&slot->last, memory_order_relaxed);
    if (!place || !is_parked_in(place, slot) || !may_unpark(pool) || !take_parked_place(place))
        return NULL;
    if (pqpool_next_step(place).to != PQPOOL_CHECKED_OUT) {
        pqpool_lock_and_move(place, PQPOOL_IDLE, PQPOOL_CHECKIN);
        return NULL;
    }
    uint64_t returns = atomic_load_explicit(&place->returns, memory_order_relaxed);
    atomic_store_explicit(&place->returns, returns + 1, memory_order_relaxed);
    return place;
}

bool pqpool_collect_parked(struct pqpool *pool, int64_t now_us)
{
    pool->turn_over_us = pqpool_end_turns(pool, now_us);
    struct pqpool_place *place;
    TAILQ_FOREACH (place, &pool->lists[PQPOOL_CHECKED_OUT], link)
        if (!place->in_turn && take_parked_place(place)) {
            pqpool_move(place, PQPOOL_IDLE, PQPOOL_CHECKIN);
            return true;
        }
    pool->swept = pool->turn_over_us == PQPOOL_NEVER &&
                  atomic_load_explicit(&pool->parking, memory_order_relaxed) != PQPOOL_PARKS_ALL;
    return false;
}

void pqpool_count_parked(const struct pqpool *pool, struct pqpool_statistics *statistics)
{
    for (unsigned i = 0; i < pool->place_count; i++) {
        const struct pqpool_place *place = &pool->places[i];
        uint64_t returns = atomic_load_explicit(&place->returns, memory_order_relaxed);
        statistics->changes[PQPOOL_CHECKIN] += returns;
        statistics->changes[PQPOOL_CHECKOUT] += returns;
        if (!is_parked(place))
            continue;
        statistics->changes[PQPOOL_CHECKIN]++;
        statistics->places[PQPOOL_CHECKED_OUT]--;
        statistics->places[PQPOOL_IDLE]++;
    }
}
