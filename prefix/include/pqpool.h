// pqpool: a thread-safe pool of PostgreSQL connections on libpq that says why it opens and closes each of
// them.
//
//     struct pqpool_options options = {.conninfo = "dbname=app", .size = 4, .pre_ping = true};
//     struct pqpool_error error;
//     struct pqpool *pool = pqpool_new(&options, &error);
//     struct pqpool_connection *connection = pqpool_checkout(pool, &error); // NULL: see error.text
//     PGresult *result = PQexec(pqpool_pgconn(connection), "SELECT 42");
//     ...
//     pqpool_checkin(connection);
//     pqpool_free(pool);
//
// The pool promises something about a connection until it hands it out. A statement or transaction that fails
// later is the caller's: it is never repeated.
#ifndef PQPOOL_H
#define PQPOOL_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define PQPOOL_VERSION "0.2.0"

// With pre_ping a checkout fails after this many failed tries in a row, with the error of the last. A try is
// the ping of a pooled connection or an attempt to connect: after a failed ping there are two attempts.
// Without pre_ping there is one try.
#define PQPOOL_TRIES 3

#define PQPOOL_MOST 100000 // for size and for overflow

// Callers are served in the order they came, with one exception. A thread that had to wait for its connection
// and gives it back within PQPOOL_BRIEF_US, too soon for a server to have answered, has a turn: it may check
// the same connection out again and again, even if others wait. A turn takes PQPOOL_TURN_US, or one and a
// half times the mean of the last turns if that is less. Then the first in the queue gets the connection that
// is given back next. If the first in the queue does not run, the turn ends nine times PQPOOL_TURN_US later.
// A pool with a hook or with hedge has no turns.
#define PQPOOL_BRIEF_US 20
#define PQPOOL_TURN_US  100

// No function of the pool is a cancellation point (pthread_cancel): a thread is cancelled before or after.
//
// After a fork the parent goes on as before. In the child all places are closed: it may use the pool, which
// then opens sessions of its own, and free it. The child has no background thread. What was checked out
// belongs to the parent: to return it in the child is refused. The memory of the parent's sessions is not
// freed in the child.
struct pqpool; // safe to share between threads
// A handle of a checkout: another one each time (for the next 2^28 of its place), and invalid after its
// checkin. It is a number that the pool looks up, and not an address.
//
// What is not checked out cannot be returned: not a second time, not when another caller has the place by
// now, not after pqpool_free, and not in the child of a fork. Such a return changes nothing and is counted in
// the statistics of its pool (refused_returns), if that still exists. A handle names its pool, so it cannot
// be returned to another one. pqpool_pgconn of it is NULL.
//
// Every other call that makes no sense (NULL where that is not allowed, an option or a flag that does not
// exist, a negative timeout) does nothing and fails with PQPOOL_FAILURE_USAGE, or as its function says.
//
// Not caught, because the pool cannot tell: a pool that is used after pqpool_free, a PGconn that is used
// after its checkin, PQfinish of one, and closing its socket.
struct pqpool_connection;

// A place is room for one session. It moves between these states, and is on the list of its state.
enum pqpool_state {
    PQPOOL_CLOSED,      // list "closed": no session; opened by the next checkout that finds no idle one
    PQPOOL_CONNECTING,  // list "connecting": a checkout is opening a session
    PQPOOL_IDLE,        // list "idle": a session free to hand out; the longest returned is first on the list
    PQPOOL_PINGING,     // list "pinging": a checkout waits for the answer to a ping
    PQPOOL_CHECKED_OUT, // list "checked out": the caller's
    PQPOOL_RESETTING,   // list "resetting": its checkin is rolling back an open transaction
    PQPOOL_CLOSING,     // list "closing": its session is being ended
    PQPOOL_SUSPECT, // list "suspect": its ping lost a race and is still unanswered: kept until it answers or
                    // expires
    PQPOOL_STATES,
};

// Why a place moved. Every move to PQPOOL_CLOSING has one of the second group.
enum pqpool_reason {
    PQPOOL_CHECKOUT,       // a caller asked for a connection
    PQPOOL_CONNECTED,      // the session is open
    PQPOOL_PING_ANSWERED,  // the server answered
    PQPOOL_CHECKIN,        // the caller gave it back
    PQPOOL_IN_TRANSACTION, // given back with an open transaction
    PQPOOL_ROLLED_BACK,    // that transaction is gone
    PQPOOL_RESET_DONE,     // and reset_query was run
    PQPOOL_HEDGE,          // a ping is late or has failed: this place is sent into the race
    PQPOOL_LATE,           // its ping is unanswered, and its caller was served otherwise or told an error
    PQPOOL_BACKGROUND,     // the pool's own thread pings or opens it
    PQPOOL_CLOSE_DONE,     // the session is ended

    PQPOOL_CONNECT_FAILED,  // libpq or the server reported an error
    PQPOOL_CONNECT_EXPIRED, // connecting took longer than connect_timeout_ms or the rest of the checkout
    PQPOOL_PING_FAILED,     // the connection was found dead: the older ones are to be replaced
    PQPOOL_PING_EXPIRED,    // no answer within ping_timeout_ms: the older ones are to be replaced
    PQPOOL_PING_CUT_SHORT,  // the checkout's time was over before the ping's: says nothing about the others
    PQPOOL_PING_REFUSED,    // the server lives and answered with an error
    PQPOOL_FOUND_DEAD,      // its socket said so before anything was sent
    PQPOOL_NOT_NEEDED,      // it was connecting in a race that another won
    PQPOOL_EVICTED,         // a suspect had to make room
    PQPOOL_TOO_OLD,         // its max_age_ms is over
    PQPOOL_OUTDATED,        // opened before the moment another connection was found dead
    PQPOOL_BROKEN,          // found dead when given back
    PQPOOL_UNCLEAN,         // given back with a statement under way, in pipeline or in non-blocking mode
    PQPOOL_RESET_FAILED,    // the roll-back or reset_query failed, or took longer than reset_timeout_ms
    PQPOOL_POOL_FREED,      // pqpool_free
    PQPOOL_SURPLUS,         // given back, and one session more than the pool keeps
    PQPOOL_DRAINED,         // pqpool_drain
    PQPOOL_REASONS,
};

// "checked out", "ping expired"; "unknown" for what is none.
const char *pqpool_state_name(enum pqpool_state state);
const char *pqpool_reason_name(enum pqpool_reason reason);

struct pqpool_change {
    unsigned place;
    uint64_t serial; // of its session, counted from 1 over the pool's life; 0: never had one
    enum pqpool_state from, to;
    enum pqpool_reason reason;
};

// Called for every move, in order, with the pool locked: be brief and call no function of the pool.
typedef void pqpool_hook(void *context, const struct pqpool_change *change);

// Which idle session a checkout takes.
enum pqpool_order {
    PQPOOL_LIFO, // the one returned last: few are kept in use, the others age
    PQPOOL_FIFO, // the one returned first: all are used in turn
};

// All times are milliseconds of the monotonic clock; 0 is no limit of its own. Without any limit a call
// takes as long as libpq and TCP take: many minutes if the network silently drops everything.
//
// A name in `host` is resolved by getaddrinfo, which no limit here can cut short: give `hostaddr` as well. Of
// several hosts in conninfo each has its share of the time that is left; after that a silent one is left out.
// conninfo's own connect_timeout is obeyed where neither checkout_timeout_ms nor connect_timeout_ms is set.
struct pqpool_options {
    const char *conninfo; // copied; connections are opened when they are needed
    unsigned size;        // so many sessions are kept; at least 1
    unsigned minimum;  // so many are opened by pqpool_new, and kept open with background_ping_ms; the others
                       // are opened when they are needed
    unsigned overflow; // so many more are opened while all are out; idle sessions beyond `size` are closed
    enum pqpool_order order;
    // `SELECT 1` at checkout, but not on a connection opened in that checkout. A failed ping replaces its
    // connection, and marks all that were opened before that moment for replacement at their next checkout.
    bool pre_ping;
    int ping_timeout_ms;
    int connect_timeout_ms;  // of one attempt
    int checkout_timeout_ms; // of a whole checkout: waiting for a place, pinging, closing, connecting
    int reset_timeout_ms;    // of the roll-back of a transaction that was open at checkin, and of reset_query
    // No ping on a connection used within so many ms, give or take a tick of the kernel (1 to 10 ms).
    int ping_idle_ms;
    // A ping that is late, measured by the round trips learnt so far, is raced against a new connection and a
    // ping on another idle one; the first that is ready is handed out. A connection whose ping lost is kept,
    // beyond `size`, until it answers or ping_timeout_ms is over. Replaces pre_ping; ping_idle_ms applies to
    // it too.
    bool hedge;
    // A thread of the pool pings idle sessions that have not answered for so many ms, and replaces dead ones;
    // after a dead one it pings all others at once. It costs a checkout nothing, and a checkout may still get
    // a session that died since its last ping. Needs ping_timeout_ms, which also limits its connecting if
    // connect_timeout_ms is 0. What cannot be reopened is left to the next checkout.
    int background_ping_ms;
    // A connection that is found dead at checkin or by pqpool_exec marks all that were opened before that
    // moment for replacement, as a failed ping does: after a server went away the callers see one error, not
    // one for each connection.
    bool optimistic;
    // A session older than this is replaced when it is to be handed out, but never two at a time. Each lives
    // shorter by another part of a tenth, so that those opened together are not replaced together.
    int max_age_ms;
    // Run at every checkin, after the roll-back: "DISCARD ALL". NULL: nothing.
    const char *reset_query; // copied
    // TCP's own timers; 0 leaves what conninfo says. Keepalives detect a peer that is gone while the
    // connection is idle or waits for an answer; the user timeout detects that sent data is not acknowledged.
    // Neither detects the other's case, nor a server that is frozen.
    int keepalive_idle_s, keepalive_interval_s, keepalive_count;
    int tcp_user_timeout_ms;
    pqpool_hook *hook; // may be NULL
    void *hook_context;
};

enum pqpool_failure {
    PQPOOL_FAILURE_NONE,
    PQPOOL_FAILURE_USAGE,     // the call makes no sense: see its text
    PQPOOL_FAILURE_MEMORY,    // none left
    PQPOOL_FAILURE_EXHAUSTED, // no place became free in time
    PQPOOL_FAILURE_CONNECT,   // libpq or the server reported an error
    PQPOOL_FAILURE_EXPIRED,   // a limit passed while connecting or pinging
    PQPOOL_FAILURE_SERVER,    // the server answered the ping with an error
    PQPOOL_FAILURE_CLOSED,    // pqpool_drain was called
};

// Filled by a call that failed, of no meaning after one that did not. NULL is allowed.
struct pqpool_error {
    enum pqpool_failure failure;
    char text[1024];  // libpq's own words where they are libpq's, without the newline at their end
    char sqlstate[6]; // "": none was given; libpq tells none for a failed connect
    bool in_doubt;    // of pqpool_exec: it was sent, and nothing tells whether it was carried out
};

// Connects to nothing when `minimum` is 0. NULL: failed.
struct pqpool *pqpool_new(const struct pqpool_options *options, struct pqpool_error *error)
    __attribute__((warn_unused_result));
// Closes what is idle and waits for what is not, but no longer than the timeout. From now on every checkout
// fails, also those that wait, and what is given back is closed. Returns how many are still open: 0 when
// nothing is left to wait for. May be called again. A negative timeout ends nothing, and returns
// UINT_MAX.
unsigned pqpool_drain(struct pqpool *pool, int timeout_ms);
// Ends all sessions. All connections should have been given back, and no other call may be under way. A
// connection that is still out stays open and belongs to its caller, who may PQfinish it.
void pqpool_free(struct pqpool *pool);

// Callers are served in the order they came. NULL: failed.
struct pqpool_connection *pqpool_checkout(struct pqpool *pool, struct pqpool_error *error)
    __attribute__((warn_unused_result));
// The connection itself, until the checkin. Never PQfinish or PQreset it. NULL: that is not checked out.
PGconn *pqpool_pgconn(const struct pqpool_connection *connection);
// Gives it back. An open transaction is rolled back; a dead connection is closed. NULL is allowed. Anything
// else that is not checked out is refused: see struct pqpool_connection.
void pqpool_checkin(struct pqpool_connection *connection);

// For pqpool_exec: to carry the statement out twice does no harm.
#define PQPOOL_IDEMPOTENT 1U

// Checks out, runs one statement (no COPY) with `parameters` values as text, and checks in. NULL: failed;
// otherwise the result goes to PQclear. Takes no longer than `timeout_ms`, 0: without a limit of its own; the
// server may go on with a statement that took too long. When its session is lost a statement that was
// declared idempotent is sent once more, on another connection. One that was not is never repeated: see
// error.in_doubt.
PGresult *pqpool_exec(struct pqpool *pool, const char *statement, int parameters, const char *const *values,
    unsigned flags, int timeout_ms, struct pqpool_error *error) __attribute__((warn_unused_result));

struct pqpool_statistics {
    unsigned places[PQPOOL_STATES];   // how many are in each state now
    unsigned waiting;                 // checkouts waiting for a place now
    uint64_t changes[PQPOOL_REASONS]; // how often each reason moved a place
    // Checkouts that had to wait for a place, whether they got one or not: how many, how long together, and
    // the longest.
    uint64_t waits;
    int64_t waited_us, longest_wait_us;
    uint64_t refused_returns; // see struct pqpool_connection
};

// Of no pool (NULL): zeros.
void pqpool_get_statistics(struct pqpool *pool, struct pqpool_statistics *statistics);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
