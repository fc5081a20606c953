// What pqpool's sources share. Of a place, the fields below "owner" are written only by the thread that moved
// it out of a free state (idle, closed), and the state only with the lock held; all else is the lock's.
#ifndef PQPOOL_PRIVATE_H
#define PQPOOL_PRIVATE_H

#include "pqpool.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>
#include <time.h>

#define PQPOOL_NEVER    INT64_MAX
#define PQPOOL_KEYWORDS 8

enum pqpool_answer {
    PQPOOL_ANSWER_PENDING, // not there yet
    PQPOOL_ANSWER_OK,
    PQPOOL_ANSWER_ERROR,   // from a server that lives
    PQPOOL_ANSWER_DEAD,    // no connection, or not any more
    PQPOOL_ANSWER_EXPIRED, // nothing came in time; the session is of no further use
};

// A connect or a statement under way.
struct pqpool_exchange {
    PGconn *pgconn;
    PGresult *result; // the last, of a statement
    bool connecting;
    bool sent;    // the statement may have reached the server
    short events; // for poll(2), before the next step
};

struct pqpool_query {
    const char *text;
    int parameters;
    const char *const *values;
};

// For PQconnectStartParams: conninfo first, then what the options set beside it.
struct pqpool_target {
    const char *keywords[PQPOOL_KEYWORDS + 1], *values[PQPOOL_KEYWORDS + 1];
    char numbers[PQPOOL_KEYWORDS][12];
};

// As in RFC 6298; 0: nothing learnt yet.
struct pqpool_round_trip {
    int64_t smoothed_us, deviation_us;
};

enum { PQPOOL_PORTS = 2, PQPOOL_HOST_LISTS };

// The hosts of a conninfo that are left to try.
struct pqpool_hosts {
    struct pqpool_target target; // borrows from the pool's, and its own lists
    char lists[PQPOOL_HOST_LISTS][1024];
    int count;
};

#define PQPOOL_LINE 128 // a cache line, and the next that the processor fetches with it

struct pqpool_slot;

// What a caller's handle stands for. Places that are neighbours do not disturb each other. What every cycle
// touches comes first.
struct pqpool_place {
    _Alignas(PQPOOL_LINE) struct pqpool *pool;
    _Atomic uint64_t holder;               // see pqpool_handle.h
    struct pqpool_slot *_Atomic parked_in; // while it is parked
    // owner
    uint64_t handle;          // of its last checkout
    PGconn *pgconn;           // NULL: no session
    _Atomic uint64_t returns; // checkins of the short way whose checkout came the same way
    uint64_t serial;          // given when connecting begins: a higher one was opened later
    // lock
    int64_t turn_over_us; // until then it stays with its thread, even when somebody waits
    atomic_bool in_turn;  // it was given back in its turn, and soon enough
    bool turn_is_new;     // not given back since it began
    int64_t turn_us;      // so long it is
    TAILQ_ENTRY(pqpool_place) link;
    unsigned place;
    // owner
    enum pqpool_state state;
    bool spare; // does not count against size and overflow: not (or no longer) known to be of use
    int64_t opened_us;
    _Atomic int64_t used_us;         // last given back or answered; kept only where pool->keeps_time
    struct pqpool_exchange exchange; // of a race, and of a suspect: an unanswered ping
    int64_t begun_us, expires_us;    // of the exchange
};

TAILQ_HEAD(pqpool_list, pqpool_place);

// One checkout in the queue. A place that becomes free is taken in its name, and its condition wakes it and
// nobody else.
struct pqpool_waiter {
    TAILQ_ENTRY(pqpool_waiter) link;
    SLIST_ENTRY(pqpool_waiter) spare; // in nobody's use
    bool is_pools;                    // false: its checkout's
    pthread_cond_t turn;
    struct pqpool_place *given; // NULL: still in the queue
    int64_t look_us;            // when a turn is over and something may be parked
};

TAILQ_HEAD(pqpool_queue, pqpool_waiter);

#define PQPOOL_WAITERS 64 // those beyond are woken with the lock held
#define PQPOOL_WOKEN   4  // as are those beyond, of one time that it is held

struct pqpool_background {
    pthread_t thread;
    pthread_cond_t wake;
    bool runs, stop;
    int64_t doubtful_us; // one was found dead at that time
    int64_t retry_us;    // opening one failed: not again before
};

#define PQPOOL_SLOTS 64 // threads beyond share them

enum pqpool_parking {
    PQPOOL_PARKS_NONE,
    PQPOOL_PARKS_IN_TURN, // somebody waits, and is told when the turn is over
    PQPOOL_PARKS_ALL,
};

struct pqpool_slot {
    _Alignas(PQPOOL_LINE) struct pqpool_place *_Atomic last; // parked here; it may be elsewhere since
};

// What every checkout reads comes first, what each writes last; the slots keep them apart.
struct pqpool {
    struct pqpool_options options;
    char *conninfo, *reset_query;
    struct pqpool_place *connections;
    unsigned places; // so many connections
    unsigned number; // see pqpool_handle.c; 0: none
    _Atomic uint64_t refused_returns;
    bool parks;                           // sessions may be left in slots at all
    bool keeps_time;                      // it matters when a session was opened and last used
    _Atomic(enum pqpool_parking) parking; // and now
    _Atomic uint64_t outdated;            // sessions up to this serial are replaced at their next checkout
    struct pqpool_target target;
    struct pqpool_place *_Atomic recycling; // is being replaced for its age; NULL: none. pqpool_move's
    pthread_condattr_t monotonic;
    struct pqpool_slot slots[PQPOOL_SLOTS];
    pthread_mutex_t lock;
    struct pqpool_list lists[PQPOOL_STATES];
    struct pqpool_queue waiters;
    struct pqpool_waiter own_waiters[PQPOOL_WAITERS];
    SLIST_HEAD(, pqpool_waiter) spare_waiters;
    struct pqpool_waiter *woken[PQPOOL_WOKEN]; // when the lock is released
    unsigned woken_count;
    struct pqpool_statistics statistics;
    uint64_t last_serial;
    unsigned spares;
    int64_t turn_over_us; // the first of those that pqpool_collect left where they are
    bool swept;           // nothing is parked, nor in a turn: pqpool_collect would find nothing
    int64_t turns_us;     // PQPOOL_TURNS times the mean of the last, weighted
    bool serving;         // pqpool_serve_waiters is at work
    bool draining;
    pthread_cond_t drained; // a place was closed for it
    LIST_ENTRY(pqpool) of_process;
    struct pqpool_background background;
    struct pqpool_round_trip round_trip; // to the server, learnt where there is a hedge
};

// pqpool_clock.c: the only place that reads a clock. Deadlines are in its microseconds.
int64_t pqpool_now_us(void);
// The same clock at the kernel's last tick, at most 10 ms ago; quicker to read.
int64_t pqpool_last_tick_us(void);
int64_t pqpool_deadline_after_ms(int timeout_ms); // 0: PQPOOL_NEVER
int pqpool_poll_timeout_ms(int64_t deadline_us);  // for poll(2): rounded up; -1 for PQPOOL_NEVER
struct timespec pqpool_timespec(int64_t time_us);

// pqpool_error.c. Both return false, so that a failing function ends in `return pqpool_fail(...)`.
// Newlines at the end of the text are dropped.
bool pqpool_fail(struct pqpool_error *error, enum pqpool_failure failure, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// With what libpq says of the connection and, where there is one, of the result.
bool pqpool_fail_libpq(
    struct pqpool_error *error, enum pqpool_failure failure, const PGconn *pgconn, const PGresult *result);

// pqpool_state.c: the states. pqpool_move is the one function that changes them; it wants the lock held.
void pqpool_move(struct pqpool_place *connection, enum pqpool_state to, enum pqpool_reason reason);
void pqpool_lock_and_move(struct pqpool_place *connection, enum pqpool_state to, enum pqpool_reason reason);
// The lock is held. A spare one does not count against size and overflow. A suspect is spare, one that is
// idle, checked out or closed is not; pqpool_move sees to that.
void pqpool_set_spare(struct pqpool_place *connection, bool spare);
// Called by the owner, without the lock. Ends the session and leaves the place in PQPOOL_CLOSING, from where
// the owner moves it on.
void pqpool_close(struct pqpool_place *connection, enum pqpool_reason reason);
// The second half of it, for a place that was moved to PQPOOL_CLOSING already.
void pqpool_end_session(struct pqpool_place *connection);
// All places are closed, without a session, a waiter or a word to the hook: for the child of a fork.
void pqpool_begin_anew(struct pqpool *pool);
// Ends it for good: the place is free for whoever needs a new one.
void pqpool_retire(struct pqpool_place *connection, enum pqpool_reason reason);

// pqpool.c: no later than that and than checkout_timeout_ms.
struct pqpool_place *pqpool_checkout_until(
    struct pqpool *pool, int64_t deadline_us, struct pqpool_error *error);

// pqpool_judge.c: where a place that is free goes when a checkout takes it. It reads nothing but the place,
// what needs no lock, and the clock where an option needs it: it is also asked by the owner of a place, who
// holds no lock.
struct pqpool_step {
    enum pqpool_state to; // checked out, pinging, connecting, or closing to be replaced
    enum pqpool_reason reason;
};

struct pqpool_step pqpool_judge(const struct pqpool_place *connection);
// Does an option need to know when a connection was opened and last used?
bool pqpool_keeps_time(const struct pqpool_options *options);
// Now, for used_us and for what is compared with it and with opened_us.
int64_t pqpool_time_of_use_us(const struct pqpool *pool);

// pqpool_ready.c. Marks all sessions for replacement that were begun before now, when this one is the first
// of its generation that was found dead.
void pqpool_outdate_older(struct pqpool_place *connection);
// What pqpool_judge left to do. With a hedge it may return another connection. NULL: the checkout failed, and
// nothing is left to do.
struct pqpool_place *pqpool_make_ready(struct pqpool_place *connection, int64_t deadline_us,
    struct pqpool_error *error) __attribute__((warn_unused_result));

// pqpool_hedge.c. As pqpool_make_ready, which calls it.
struct pqpool_place *pqpool_hedge(
    struct pqpool_place *first, int64_t deadline_us, struct pqpool_error *error);
// Called by the owner of a session that was opened just now.
void pqpool_opened(struct pqpool_place *connection);

// pqpool_background.c. Does nothing where background_ping_ms is 0.
bool pqpool_background_start(struct pqpool *pool, struct pqpool_error *error);
void pqpool_background_stop(struct pqpool *pool); // waits for what is under way, up to its deadline

// pqpool_suspect.c. Called without the lock. Looks at all suspects and makes them idle or closes them; what
// was opened in the stead of one that answered is closed when that makes more idle sessions than `size`.
void pqpool_review_suspects(struct pqpool *pool);
// The one whose ping is under way for the longest time, now pinging. NULL: there is none.
struct pqpool_place *pqpool_take_suspect(struct pqpool *pool, enum pqpool_reason reason);
// Closes that one to make room. False: there is none.
bool pqpool_evict_suspect(struct pqpool *pool);

// pqpool_round_trip.c
void pqpool_learn(struct pqpool_round_trip *learnt, int64_t sample_us);
int64_t pqpool_patience_us(const struct pqpool_round_trip *learnt); // a ping that takes longer is late
int64_t pqpool_socket_round_trip_us(const PGconn *pgconn);          // what TCP measured; 0: unknown

// pqpool_reset.c. Is there nothing to do before the next caller may have it? This only reads.
bool pqpool_is_clean(const struct pqpool_place *connection);
// Keeps the time at which it was given back.
void pqpool_note_use(struct pqpool_place *connection);
// What a checkin has to do first. The reason says how it went: with one of the second group
// the session is to be closed.
enum pqpool_reason pqpool_clean(struct pqpool_place *connection);

// pqpool_fork.c: from now on, or no longer, the pool takes part in every fork of the process.
bool pqpool_remember_at_fork(struct pqpool *pool, struct pqpool_error *error);
void pqpool_forget_at_fork(struct pqpool *pool);

// pqpool_options.c
bool pqpool_options_are_valid(const struct pqpool_options *options, struct pqpool_error *error);
// How many places a pool needs. With a hedge there are more than may be in use by checkouts.
unsigned pqpool_options_places(const struct pqpool_options *options);

// pqpool_slot.c, without the lock. Parks what its caller gives back with that handle, in the thread's slot.
// False: that is not possible now, or not this caller's.
bool pqpool_park(struct pqpool_place *connection, const struct pqpool_connection *handle);
// What the thread parked, ready for its caller. NULL: nothing, or it needs more than that.
struct pqpool_place *pqpool_unpark(struct pqpool *pool);
// With the lock held. Says whether sessions may be parked from now on; after every change of what decides it.
void pqpool_allow_parking(struct pqpool *pool);
// With the lock held: parks although somebody waits. False: the slot is taken.
bool pqpool_park_for_turn(struct pqpool_place *connection);
// With the lock held. Ends the turns that are over (PQPOOL_NEVER is later than all of them) and makes one
// parked session idle that is in nobody's turn. False: there is none, and pool->turn_over_us is the end of
// the first turn that goes on.
bool pqpool_collect(struct pqpool *pool, int64_t now_us);
// Adds what went the short way.
void pqpool_count_parked(const struct pqpool *pool, struct pqpool_statistics *statistics);
// From 1, in the order of their first call.
unsigned pqpool_thread_number(void);

// pqpool_turn.c. All with the lock held.
#define PQPOOL_TURNS 8 // the last of them weighs as much as one of so many
void pqpool_begin_turn(struct pqpool_place *connection, int64_t now_us);
// Has its thread a turn, or the rest of one?
bool pqpool_turn_goes_on(struct pqpool_place *connection);
// Those that are over, also of what is held at the moment. Returns when the first of the others is.
int64_t pqpool_end_turns(struct pqpool *pool, int64_t now_us);

// pqpool_waiter.c. All with the lock held. The lock is taken with pthread_mutex_lock and released with
// pqpool_unlock.
void pqpool_waiters_init(struct pqpool *pool);
void pqpool_waiters_destroy(struct pqpool *pool); // without the lock
// At the end of the queue. `on_stack` is used where the pool has no waiter left, until pqpool_dismiss.
struct pqpool_waiter *pqpool_line_up(struct pqpool *pool, struct pqpool_waiter *on_stack);
void pqpool_step_out(struct pqpool *pool, struct pqpool_waiter *waiter); // of the queue
void pqpool_dismiss(struct pqpool *pool, struct pqpool_waiter *waiter);  // its checkout is done with it
void pqpool_wake(struct pqpool *pool, struct pqpool_waiter *waiter);
void pqpool_unlock(struct pqpool *pool);
// Releases the lock meanwhile. False: nobody woke it before that time.
bool pqpool_sleep(struct pqpool *pool, pthread_cond_t *condition, int64_t until_us);

// pqpool_queue.c. With the lock held: takes a free place and moves it as pqpool_judge says, or waits for one
// behind those that came first. NULL: the deadline passed.
struct pqpool_place *pqpool_take(struct pqpool *pool, int64_t deadline_us);
// With the lock held: hands free places to the first in the queue.
void pqpool_serve_waiters(struct pqpool *pool);
// With the lock held: what counts against size and overflow. A suspect does not.
unsigned pqpool_count_sessions(const struct pqpool *pool);
// The others are called without the lock and never wait. Another idle session for a race, now pinging. NULL:
// there is none.
struct pqpool_place *pqpool_take_idle(struct pqpool *pool, enum pqpool_reason reason);
// A place to open a session in, now connecting, be it beyond size and overflow. NULL: there is none.
struct pqpool_place *pqpool_take_closed(struct pqpool *pool, enum pqpool_reason reason);
// Called by the owner of a session in order: makes it idle for that reason, or hands it to the first waiter.
// A session more than the pool keeps is closed instead, with reason PQPOOL_SURPLUS.
void pqpool_give_back(struct pqpool_place *connection, enum pqpool_reason reason);

// pqpool_target.c: where and how to connect, as libpq takes it.
void pqpool_target_init(struct pqpool_target *target, const struct pqpool_options *options);

// pqpool_hosts.c. When an attempt with these hosts is to end, so that the others have their share as well.
void pqpool_hosts_init(struct pqpool_hosts *hosts, const struct pqpool_target *target);
int64_t pqpool_hosts_share(const struct pqpool_hosts *hosts, int64_t deadline_us);
// Leaves out the host at which that attempt has ended. False: it is the last.
bool pqpool_hosts_drop(struct pqpool_hosts *hosts, const PGconn *silent);

// pqpool_disconnect.c. `result` may be NULL.
bool pqpool_is_disconnect(const PGconn *pgconn, const PGresult *result);
bool pqpool_sqlstate_is_disconnect(const char *sqlstate); // NULL: no
// What the socket knows already, without waiting. False: nothing speaks against the session.
bool pqpool_looks_dead(PGconn *pgconn);

// pqpool_libpq.c: what waits for a server, and never longer than its deadline.
//
// The steps of an exchange never wait. Before each, poll its socket. PQPOOL_ANSWER_PENDING: not done yet.
// However it ends, `pgconn` (may be NULL) goes to pqpool_finish some day, and `result` to PQclear.
enum pqpool_answer pqpool_connect_begin(
    struct pqpool_exchange *exchange, const struct pqpool_target *target, struct pqpool_error *error);
enum pqpool_answer pqpool_ask_begin(struct pqpool_exchange *exchange, PGconn *pgconn,
    const struct pqpool_query *query, struct pqpool_error *error);
enum pqpool_answer pqpool_exchange_step(struct pqpool_exchange *exchange, struct pqpool_error *error);
struct pollfd pqpool_exchange_socket(const struct pqpool_exchange *exchange);
void pqpool_exchange_clear(struct pqpool_exchange *exchange); // of its result
bool pqpool_is_copy(const PGresult *result);
// Goes on from `answer` until it is another one than PQPOOL_ANSWER_PENDING. `error` is not filled for
// PQPOOL_ANSWER_EXPIRED.
enum pqpool_answer pqpool_exchange_finish(struct pqpool_exchange *exchange, enum pqpool_answer answer,
    int64_t deadline_us, struct pqpool_error *error);

// These two wait. Never answers with PQPOOL_ANSWER_ERROR. However it ends, `*pgconn` (may be NULL) goes to
// pqpool_finish.
enum pqpool_answer pqpool_connect(
    const struct pqpool_target *target, int64_t deadline_us, PGconn **pgconn, struct pqpool_error *error);
// `error` is filled unless the answer is PQPOOL_ANSWER_OK.
enum pqpool_answer pqpool_ask(
    PGconn *pgconn, const char *statement, int64_t deadline_us, struct pqpool_error *error);
// PQfinish that never waits for room in the socket. NULL is allowed.
void pqpool_finish(PGconn *pgconn);

#endif
