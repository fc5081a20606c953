// Called without the lock: by the thread that owns a place (it moved it out of a free state, or unparked it),
// and by threads that want one.
#ifndef PQPOOL_OWNER_H
#define PQPOOL_OWNER_H

#include "pqpool_types.h"

// pqpool_state.c
void pqpool_lock_and_move(struct pqpool_place *place, enum pqpool_state to, enum pqpool_reason reason);
// Ends the session. The place stays in PQPOOL_CLOSING until the owner moves it on.
void pqpool_close(struct pqpool_place *place, enum pqpool_reason reason);
// The same for a place that is in PQPOOL_CLOSING already.
void pqpool_end_session(struct pqpool_place *place);
// Ends the session and moves the place to PQPOOL_CLOSED.
void pqpool_retire(struct pqpool_place *place, enum pqpool_reason reason);

// pqpool.c: a checkout that ends by that deadline and by checkout_timeout_ms.
struct pqpool_place *pqpool_checkout_until(
    struct pqpool *pool, int64_t deadline_us, struct pqpool_error *error);

// pqpool_next_step.c: what a checkout does first with a free place. Changes nothing. Reads only the place,
// what needs no lock, and the clock if an option needs it: so it is called with the lock and without.
struct pqpool_step {
    enum pqpool_state to; // checked out, pinging, connecting, or closing to be replaced
    enum pqpool_reason reason;
};

struct pqpool_step pqpool_next_step(const struct pqpool_place *place);
// Does an option need the time of opening or of last use?
bool pqpool_keeps_time(const struct pqpool_options *options);
// Now, to be stored in used_us, or compared with it and with opened_us.
int64_t pqpool_time_of_use_us(const struct pqpool *pool);

// pqpool_fast_path.c. Parks what its caller gives back with that handle, in the thread's slot. False: parking
// is not allowed now, or the handle is not the one that is out.
bool pqpool_park(struct pqpool_place *place, const struct pqpool_connection *handle);
// What this thread parked, checked out. NULL: nothing, or it is not ready to be handed out as it is.
struct pqpool_place *pqpool_unpark(struct pqpool *pool);
// Of the calling thread: 1, 2, … in the order of their first call.
unsigned pqpool_thread_number(void);

// pqpool_queue.c. These never wait. Another idle session for a race, now pinging. NULL: there is none.
struct pqpool_place *pqpool_take_idle(struct pqpool *pool, enum pqpool_reason reason);
// A place to open a session in, now connecting, even beyond size and overflow. NULL: there is none.
struct pqpool_place *pqpool_take_closed(struct pqpool *pool, enum pqpool_reason reason);
// Moves a clean session to idle with that reason, or hands it to the first waiter. If the pool has more than
// it keeps, closes it instead, with reason PQPOOL_SURPLUS.
void pqpool_give_back(struct pqpool_place *place, enum pqpool_reason reason);

// pqpool_ready.c. This one was found dead: marks all sessions opened before now for replacement, unless that
// was done since this one was opened.
void pqpool_outdate_older(struct pqpool_place *place);
// Pings or connects, as pqpool_next_step said. With hedge it may return another place. NULL: the checkout
// failed; the place is free again.
struct pqpool_place *pqpool_make_ready(struct pqpool_place *place, int64_t deadline_us,
    struct pqpool_error *error) __attribute__((warn_unused_result));

// pqpool_hedge.c. As pqpool_make_ready, which calls it.
struct pqpool_place *pqpool_hedge(
    struct pqpool_place *first, int64_t deadline_us, struct pqpool_error *error);
// For a session that was opened just now.
void pqpool_note_opened(struct pqpool_place *place);

// pqpool_suspect.c. Moves suspects that have answered to idle, and closes those that failed. If that makes
// more idle sessions than `size`, closes the newest, which was opened to replace one of them.
void pqpool_review_suspects(struct pqpool *pool);
// The one whose ping was sent first, now pinging. NULL: there is none.
struct pqpool_place *pqpool_take_suspect(struct pqpool *pool, enum pqpool_reason reason);
// Closes the one whose ping was sent first, to make room. False: there is none.
bool pqpool_evict_suspect(struct pqpool *pool);

// pqpool_reset.c. Can the next caller have it as it is? This only reads.
bool pqpool_is_clean(const struct pqpool_place *place);
// Stores the time at which it was given back.
void pqpool_note_use(struct pqpool_place *place);
// Rolls back and resets. Returns the reason of the next move: if it is of the second group of enum
// pqpool_reason, the session is to be closed.
enum pqpool_reason pqpool_clean(struct pqpool_place *place);

// pqpool_background.c. Does nothing where background_ping_ms is 0.
bool pqpool_background_start(struct pqpool *pool, struct pqpool_error *error);
void pqpool_background_stop(struct pqpool *pool); // waits until the ping or connect under way has ended

// pqpool_fork.c: between these two calls the pool takes part in every fork of the process.
bool pqpool_fork_register(struct pqpool *pool, struct pqpool_error *error);
void pqpool_fork_unregister(struct pqpool *pool);

#endif
