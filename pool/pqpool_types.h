// A pool and its places, as memory. The fields of a place below "owner" are written only by the thread that
// owns it: the one that moved it out of a free state (idle, closed). Its state and all fields below "lock"
// are written only with the lock held.
#ifndef PQPOOL_TYPES_H
#define PQPOOL_TYPES_H

#include "pqpool_exchange.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#define PQPOOL_LINE 128 // a cache line, and the next that the processor fetches with it

struct pqpool_slot;

// Room for one session; what a caller's handle stands for. Neighbours share no cache line. What every cycle
// touches comes first.
struct pqpool_place {
    _Alignas(PQPOOL_LINE) struct pqpool *pool;
    _Atomic uint64_t holder;               // see pqpool_handle.h
    struct pqpool_slot *_Atomic parked_in; // while it is parked
    // owner
    uint64_t handle;          // of its last checkout
    PGconn *pgconn;           // NULL: no session
    _Atomic uint64_t returns; // cycles on the fast path: checkin, then checkout
    uint64_t serial;          // given when connecting begins: a higher one was opened later
    // lock
    int64_t turn_over_us; // until then it stays with its thread, even when somebody waits
    atomic_bool in_turn;  // it was given back in its turn, and soon enough
    bool turn_is_new;     // not given back since it began
    int64_t turn_us;      // so long it is
    TAILQ_ENTRY(pqpool_place) link;
    unsigned index; // in pool->places
    // owner
    enum pqpool_state state;
    bool spare; // does not count against size and overflow: not (or no longer) known to be of use
    int64_t opened_us;
    _Atomic int64_t used_us;         // last given back or answered; kept only where pool->keeps_time
    struct pqpool_exchange exchange; // of a race, and of a suspect: an unanswered ping
    int64_t begun_us, expires_us;    // of the exchange
};

TAILQ_HEAD(pqpool_list, pqpool_place);

// One checkout in the queue. A place that becomes free is taken on its behalf, and its own condition wakes
// it.
struct pqpool_waiter {
    TAILQ_ENTRY(pqpool_waiter) link;
    SLIST_ENTRY(pqpool_waiter) spare; // while unused
    bool is_pools;                    // false: it is on the stack of its checkout
    pthread_cond_t turn;
    struct pqpool_place *given; // NULL: still in the queue
    int64_t look_us;            // when a turn will be over: look for parked sessions then
};

TAILQ_HEAD(pqpool_queue, pqpool_waiter);

#define PQPOOL_WAITERS 64 // waiters beyond them are woken with the lock held
#define PQPOOL_WOKEN   4  // and so are more than these, of one time that the lock is held

struct pqpool_background {
    pthread_t thread;
    pthread_cond_t wake;
    bool runs, stop;
    int64_t doubtful_us; // when the last one was found dead
    int64_t retry_us;    // after a failed attempt: no other one before
};

#define PQPOOL_SLOTS 64 // threads beyond share them

enum pqpool_parking {
    PQPOOL_PARKS_NONE,
    PQPOOL_PARKS_IN_TURN, // somebody waits, and is told when the turn is over
    PQPOOL_PARKS_ALL,
};

struct pqpool_slot {
    _Alignas(PQPOOL_LINE) struct pqpool_place *_Atomic last; // parked here; may have been collected since
};

// What every checkout reads comes first, what each writes last; the slots keep them apart.
struct pqpool {
    struct pqpool_options options;
    char *conninfo, *reset_query;
    struct pqpool_place *places;
    unsigned place_count;
    unsigned number; // see pqpool_handle.c; 0: none
    _Atomic uint64_t refused_returns;
    bool parks;                           // sessions may ever be parked
    bool keeps_time;                      // an option needs the time of opening and of last use
    _Atomic(enum pqpool_parking) parking; // and are they now
    _Atomic uint64_t outdated;            // sessions up to this serial are replaced at their next checkout
    struct pqpool_target target;
    struct pqpool_place *_Atomic recycling; // is being replaced for its age; written by pqpool_move
    pthread_condattr_t monotonic;
    struct pqpool_slot slots[PQPOOL_SLOTS];
    pthread_mutex_t lock;
    struct pqpool_list lists[PQPOOL_STATES];
    struct pqpool_queue waiters;
    struct pqpool_waiter own_waiters[PQPOOL_WAITERS];
    SLIST_HEAD(, pqpool_waiter) spare_waiters;
    struct pqpool_waiter *woken[PQPOOL_WOKEN]; // to be woken when the lock is released
    unsigned woken_count;
    struct pqpool_statistics statistics;
    uint64_t last_serial;
    unsigned spares;
    int64_t turn_over_us; // of the first turn that pqpool_collect_parked let go on
    bool swept;           // nothing is parked, nor in a turn: pqpool_collect_parked would find nothing
    int64_t turns_us;     // PQPOOL_TURNS times the mean of the last, weighted
    bool serving;         // pqpool_serve_waiters is at work
    bool draining;
    pthread_cond_t drained; // signalled when draining has closed a place
    LIST_ENTRY(pqpool) of_process;
    struct pqpool_background background;
    struct pqpool_round_trip round_trip; // to the server; with hedge only
};

#endif
