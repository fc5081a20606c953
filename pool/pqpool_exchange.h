// One session, and no pool: connecting, asking and closing without waiting longer than a deadline.
#ifndef PQPOOL_EXCHANGE_H
#define PQPOOL_EXCHANGE_H

#include "pqpool_base.h"

#include <poll.h>

#define PQPOOL_KEYWORDS 8

enum pqpool_answer {
    PQPOOL_ANSWER_PENDING, // no answer yet
    PQPOOL_ANSWER_OK,
    PQPOOL_ANSWER_ERROR,   // from a server that is alive
    PQPOOL_ANSWER_DEAD,    // no connection, or it is lost
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

// The hosts of a conninfo that were not silent yet.
struct pqpool_hosts {
    struct pqpool_target target; // borrows from the pool's, and its own lists
    char lists[PQPOOL_HOST_LISTS][1024];
    int count;
};

// pqpool_target.c: where and how to connect, as libpq takes it.
void pqpool_target_init(struct pqpool_target *target, const struct pqpool_options *options);

// pqpool_hosts.c. The share is when one attempt has to end, so that there is time for the other hosts.
void pqpool_hosts_init(struct pqpool_hosts *hosts, const struct pqpool_target *target);
int64_t pqpool_hosts_share(const struct pqpool_hosts *hosts, int64_t deadline_us);
// Leaves out the host at which an attempt ended. False: it is the last one.
bool pqpool_hosts_drop(struct pqpool_hosts *hosts, const PGconn *silent);

// pqpool_disconnect.c. `result` may be NULL.
bool pqpool_is_disconnect(const PGconn *pgconn, const PGresult *result);
bool pqpool_sqlstate_is_disconnect(const char *sqlstate); // NULL: no
// What the socket tells without waiting. False: nothing is known against the session.
bool pqpool_looks_dead(PGconn *pgconn);

// pqpool_exchange.c: what waits for a server, and never longer than its deadline.
//
// The steps of an exchange never wait: poll its socket before each. PQPOOL_ANSWER_PENDING: not done yet.
// However it ends, the caller passes `pgconn` (may be NULL) to pqpool_finish and `result` to PQclear.
enum pqpool_answer pqpool_connect_begin(
    struct pqpool_exchange *exchange, const struct pqpool_target *target, struct pqpool_error *error);
enum pqpool_answer pqpool_ask_begin(struct pqpool_exchange *exchange, PGconn *pgconn,
    const struct pqpool_query *query, struct pqpool_error *error);
enum pqpool_answer pqpool_exchange_step(struct pqpool_exchange *exchange, struct pqpool_error *error);
struct pollfd pqpool_exchange_socket(const struct pqpool_exchange *exchange);
void pqpool_exchange_clear(struct pqpool_exchange *exchange); // of its result
bool pqpool_is_copy(const PGresult *result);
// Steps until the answer is no longer PQPOOL_ANSWER_PENDING. `error` is not filled for PQPOOL_ANSWER_EXPIRED.
enum pqpool_answer pqpool_exchange_finish(struct pqpool_exchange *exchange, enum pqpool_answer answer,
    int64_t deadline_us, struct pqpool_error *error);

// These two wait. The answer is never PQPOOL_ANSWER_ERROR. However it ends, the caller passes `*pgconn` (may
// be NULL) to pqpool_finish.
enum pqpool_answer pqpool_connect(
    const struct pqpool_target *target, int64_t deadline_us, PGconn **pgconn, struct pqpool_error *error);
// `error` is filled unless the answer is PQPOOL_ANSWER_OK.
enum pqpool_answer pqpool_ask(
    PGconn *pgconn, const char *statement, int64_t deadline_us, struct pqpool_error *error);
// PQfinish that never waits for room in the socket. NULL is allowed.
void pqpool_finish(PGconn *pgconn);

// pqpool_round_trip.c
void pqpool_round_trip_learn(struct pqpool_round_trip *learnt, int64_t sample_us);
int64_t pqpool_round_trip_limit_us(
    const struct pqpool_round_trip *learnt);               // a ping that takes longer is late
int64_t pqpool_socket_round_trip_us(const PGconn *pgconn); // what TCP measured; 0: unknown

#endif
