// What is done without the lock: by the thread that owns a place (it moved it out of a free state, or found
// it in its slot), and by those that come for one.
#ifndef PQPOOL_OWNER_H
#define PQPOOL_OWNER_H

#include "pqpool_types.h"

// pqpool_state.c
void pqpool_lock_and_move(struct pqpool_place *place, enum pqpool_state to, enum pqpool_reason reason);
// Ends the session and leaves the place in PQPOOL_CLOSING, from where the owner moves it on.
void pqpool_close(struct pqpool_place *place, enum pqpool_reason reason);
// The second half of it, for a place that was moved to PQPOOL_CLOSING already.
void pqpool_end_session(struct pqpool_place *place);
// Ends it for good: the place is free for whoever needs a new one.
void pqpool_retire(struct pqpool_place *place, enum pqpool_reason reason);

// pqpool.c: no later than that and than checkout_timeout_ms.
struct pqpool_place *pqpool_checkout_until(
    struct pqpool *pool, int64_t deadline_us, struct pqpool_error *error);

// pqpool_next_step.c: where a place that is free goes when a checkout takes it. It reads nothing but the
// place, what needs no lock, and the clock where an option needs it: it is also asked by the owner of a
// place, who holds no lock.
struct pqpool_step {
    enum pqpool_state to; // checked out, pinging, connecting, or closing to be replaced
    enum pqpool_reason reason;
};

struct pqpool_step pqpool_next_step(const struct pqpool_place *place);
// Does an option need to know when a connection was opened and last used?
bool pqpool_keeps_time(const struct pqpool_options *options);
// Now, for used_us and for what is compared with it and with opened_us.
int64_t pqpool_time_of_use_us(const struct pqpool *pool);

// pqpool_fast_path.c. Parks what its caller gives back with that handle, in the thread's slot. False: that is
// not possible now, or not this caller's.
bool pqpool_park(struct pqpool_place *place, const struct pqpool_connection *handle);
// What the thread parked, ready for its caller. NULL: nothing, or it needs more than that.
struct pqpool_place *pqpool_unpark(struct pqpool *pool);
// From 1, in the order of their first call.
unsigned pqpool_thread_number(void);

// pqpool_queue.c. These never wait. Another idle session for a race, now pinging. NULL: there is none.
struct pqpool_place *pqpool_take_idle(struct pqpool *pool, enum pqpool_reason reason);
// A place to open a session in, now connecting, be it beyond size and overflow. NULL: there is none.
struct pqpool_place *pqpool_take_closed(struct pqpool *pool, enum pqpool_reason reason);
// Of a session in order: makes it idle for that reason, or hands it to the first waiter. A session more than
// the pool keeps is closed instead, with reason PQPOOL_SURPLUS.
void pqpool_give_back(struct pqpool_place *place, enum pqpool_reason reason);

// pqpool_ready.c. Marks all sessions for replacement that were begun before now, when this one is the first
// of its generation that was found dead.
void pqpool_outdate_older(struct pqpool_place *place);
// What pqpool_next_step left to do. With a hedge it may return another connection. NULL: the checkout failed,
// and nothing is left to do.
struct pqpool_place *pqpool_make_ready(struct pqpool_place *place, int64_t deadline_us,
    struct pqpool_error *error) __attribute__((warn_unused_result));

// pqpool_hedge.c. As pqpool_make_ready, which calls it.
struct pqpool_place *pqpool_hedge(
    struct pqpool_place *first, int64_t deadline_us, struct pqpool_error *error);
// For a session that was opened just now.
void pqpool_note_opened(struct pqpool_place *place);

// pqpool_suspect.c. Looks at all suspects and makes them idle or closes them; what
// was opened in the stead of one that answered is closed when that makes more idle sessions than `size`.
void pqpool_review_suspects(struct pqpool *pool);
// The one whose ping is under way for the longest time, now pinging. NULL: there is none.
struct pqpool_place *pqpool_take_suspect(struct pqpool *pool, enum pqpool_reason reason);
// Closes that one to make room. False: there is none.
bool pqpool_evict_suspect(struct pqpool *pool);

// pqpool_reset.c. Is there nothing to do before the next caller may have it? This only reads.
bool pqpool_is_clean(const struct pqpool_place *place);
// Keeps the time at which it was given back.
void pqpool_note_use(struct pqpool_place *place);
// What a checkin has to do first. The reason says how it went: with one of the second group
// the session is to be closed.
enum pqpool_reason pqpool_clean(struct pqpool_place *place);

// pqpool_background.c. Does nothing where background_ping_ms is 0.
bool pqpool_background_start(struct pqpool *pool, struct pqpool_error *error);
void pqpool_background_stop(struct pqpool *pool); // waits for what is under way, up to its deadline

// pqpool_fork.c: from now on, or no longer, the pool takes part in every fork of the process.
bool pqpool_fork_register(struct pqpool *pool, struct pqpool_error *error);
void pqpool_fork_unregister(struct pqpool *pool);

#endif
