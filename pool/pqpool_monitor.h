// Called with the pool locked: states, the queue, turns, and parked sessions. Sources that never take the
// lock do not include it.
//
// The lock is taken with pthread_mutex_lock and released with pqpool_unlock.
#ifndef PQPOOL_MONITOR_H
#define PQPOOL_MONITOR_H

#include "pqpool_types.h"

// pqpool_state.c: the states. pqpool_move is the one function that changes them.
void pqpool_move(struct pqpool_place *place, enum pqpool_state to, enum pqpool_reason reason);
// A spare one does not count against size and overflow. A suspect is spare, one that is idle, checked out or
// closed is not; pqpool_move sees to that.
void pqpool_set_spare(struct pqpool_place *place, bool spare);
// What counts against size and overflow. A suspect does not.
unsigned pqpool_count_sessions(const struct pqpool *pool);
// All places are closed, without a session and without a waiter. The hook is not called. For a new pool, and
// for the child of a fork.
void pqpool_init_places(struct pqpool *pool);

// pqpool_queue.c. Takes a free place and moves it as pqpool_next_step says, or waits in the queue for one.
// NULL: the deadline passed, or the pool is draining.
struct pqpool_place *pqpool_take(struct pqpool *pool, int64_t deadline_us);
// Hands free places to the waiters, the first one first.
void pqpool_serve_waiters(struct pqpool *pool);

// pqpool_fast_path.c. Decides whether sessions may be parked from now on: to be called after every change of
// what that depends on.
void pqpool_allow_parking(struct pqpool *pool);
// Parks although somebody waits. False: the slot is taken.
bool pqpool_park_for_turn(struct pqpool_place *place);
// Ends the turns that are over (all, with PQPOOL_NEVER) and moves one parked session to idle that is in no
// turn. False: there is none, and pool->turn_over_us is the end of the first turn that goes on.
bool pqpool_collect_parked(struct pqpool *pool, int64_t now_us);
// Adds what the fast path did.
void pqpool_count_parked(const struct pqpool *pool, struct pqpool_statistics *statistics);

// pqpool_turn.c.
#define PQPOOL_TURNS 8 // the mean is over about so many
void pqpool_begin_turn(struct pqpool_place *place, int64_t now_us);
// Is the turn of its thread not over yet? To be asked at checkin.
bool pqpool_turn_goes_on(struct pqpool_place *place);
// Ends those that are over, also of places that are in use. Returns when the first of the others ends.
int64_t pqpool_end_turns(struct pqpool *pool, int64_t now_us);

// pqpool_waiter.c
void pqpool_waiters_init(struct pqpool *pool);
void pqpool_waiters_destroy(struct pqpool *pool); // without the lock
// At the end of the queue. `on_stack` is used if the pool has no waiter left, until pqpool_release_waiter.
struct pqpool_waiter *pqpool_enqueue(struct pqpool *pool, struct pqpool_waiter *on_stack);
void pqpool_dequeue(struct pqpool *pool, struct pqpool_waiter *waiter);
void pqpool_release_waiter(struct pqpool *pool, struct pqpool_waiter *waiter); // after it was dequeued
void pqpool_wake(struct pqpool *pool, struct pqpool_waiter *waiter);
void pqpool_unlock(struct pqpool *pool);
// Releases the lock meanwhile. False: not woken before that time.
bool pqpool_sleep(struct pqpool *pool, pthread_cond_t *condition, int64_t until_us);

#endif
