// Connecting, asking and closing through libpq's non-blocking calls. What takes time is an exchange that goes
// on in steps: one can be waited for with a deadline, and several can race.
#include "pqpool_exchange.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

struct pollfd pqpool_exchange_socket(const struct pqpool_exchange *exchange)
{
    return (struct pollfd){.fd = PQsocket(exchange->pgconn), .events = exchange->events};
}

// What the last result means. Puts the connection back into blocking mode, as callers expect it.
static enum pqpool_answer answer_of_result(struct pqpool_exchange *exchange, struct pqpool_error *error)
{
    PGconn *pgconn = exchange->pgconn;
    ExecStatusType status = PQresultStatus(exchange->result);
    bool good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY;
    bool lost = pqpool_is_disconnect(pgconn, exchange->result);
    if (good && !lost && PQsetnonblocking(pgconn, 0) == 0)
        return PQPOOL_ANSWER_OK;
    pqpool_fail_libpq(error, lost ? PQPOOL_FAILURE_CONNECT : PQPOOL_FAILURE_SERVER, pgconn, exchange->result);
    return lost ? PQPOOL_ANSWER_DEAD : PQPOOL_ANSWER_ERROR;
}

bool pqpool_is_copy(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

// Keeps the last result, but an error is not replaced: what the server said tells more than the loss of the
// connection that follows.
static void keep_result(struct pqpool_exchange *exchange, PGresult *result)
{
    bool failed = PQresultStatus(exchange->result) == PGRES_FATAL_ERROR && exchange->result;
    PQclear(failed ? result : exchange->result);
    if (!failed)
        exchange->result = result;
}

static enum pqpool_answer step_statement(struct pqpool_exchange *exchange, struct pqpool_error *error)
{
    PGconn *pgconn = exchange->pgconn;
    int unsent = PQflush(pgconn);
    bool failed = unsent < 0 || !PQconsumeInput(pgconn); // then PQgetResult knows at once
    while (failed || !PQisBusy(pgconn)) {
        PGresult *result = PQgetResult(pgconn);
        if (!result)
            return answer_of_result(exchange, error);
        keep_result(exchange, result);
        if (pqpool_is_copy(exchange->result))
            return answer_of_result(exchange, error);
    }
    exchange->events = unsent ? POLLIN | POLLOUT : POLLIN;
    return PQPOOL_ANSWER_PENDING;
}

static enum pqpool_answer step_connect(struct pqpool_exchange *exchange, struct pqpool_error *error)
{
    switch (PQconnectPoll(exchange->pgconn)) {
    case PGRES_POLLING_READING: exchange->events = POLLIN; return PQPOOL_ANSWER_PENDING;
    case PGRES_POLLING_WRITING: exchange->events = POLLOUT; return PQPOOL_ANSWER_PENDING;
    case PGRES_POLLING_OK: return PQPOOL_ANSWER_OK;
    default:
        pqpool_fail_libpq(error, PQPOOL_FAILURE_CONNECT, exchange->pgconn, NULL);
        return PQPOOL_ANSWER_DEAD;
    }
}

enum pqpool_answer pqpool_exchange_step(struct pqpool_exchange *exchange, struct pqpool_error *error)
{
    return exchange->connecting ? step_connect(exchange, error) : step_statement(exchange, error);
}

enum pqpool_answer pqpool_connect_begin(
    struct pqpool_exchange *exchange, const struct pqpool_target *target, struct pqpool_error *error)
{
    PGconn *pgconn = PQconnectStartParams(target->keywords, target->values, 1);
    *exchange = (struct pqpool_exchange){.pgconn = pgconn, .connecting = true, .events = POLLOUT};
    if (PQstatus(pgconn) != CONNECTION_BAD)
        return PQPOOL_ANSWER_PENDING;
    pqpool_fail_libpq(error, PQPOOL_FAILURE_CONNECT, pgconn, NULL);
    return PQPOOL_ANSWER_DEAD;
}

enum pqpool_answer pqpool_ask_begin(struct pqpool_exchange *exchange, PGconn *pgconn,
    const struct pqpool_query *query, struct pqpool_error *error)
{
    *exchange = (struct pqpool_exchange){.pgconn = pgconn, .events = POLLIN};
    // In blocking mode libpq would wait, as long as it takes, for room to send. The simple protocol takes
    // several statements, the extended one parameters.
    if (PQsetnonblocking(pgconn, 1) != 0 ||
        !(query->parameters ? PQsendQueryParams(
                                  pgconn, query->text, query->parameters, NULL, query->values, NULL, NULL, 0)
                            : PQsendQuery(pgconn, query->text)))
        return answer_of_result(exchange, error);
    exchange->sent = true;
    if (PQflush(pgconn) != 0)
        exchange->events |= POLLOUT;
    return PQPOOL_ANSWER_PENDING;
}

void pqpool_exchange_clear(struct pqpool_exchange *exchange)
{
    PQclear(exchange->result);
    exchange->result = NULL;
}

// False: the deadline passed, or the socket cannot be waited for, and waiting longer would not help.
static bool wait_for_exchange_socket(const struct pqpool_exchange *exchange, int64_t deadline_us)
{
    struct pollfd socket = pqpool_exchange_socket(exchange);
    int ready;
    do {
        ready = poll(&socket, 1, pqpool_poll_timeout_ms(deadline_us));
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

enum pqpool_answer pqpool_exchange_finish(struct pqpool_exchange *exchange, enum pqpool_answer answer,
    int64_t deadline_us, struct pqpool_error *error)
{
    while (answer == PQPOOL_ANSWER_PENDING)
        answer = wait_for_exchange_socket(exchange, deadline_us) ? pqpool_exchange_step(exchange, error)
                                                                 : PQPOOL_ANSWER_EXPIRED;
    return answer;
}

enum pqpool_answer pqpool_connect(
    const struct pqpool_target *target, int64_t deadline_us, PGconn **pgconn, struct pqpool_error *error)
{
    struct pqpool_exchange exchange = {0};
    struct pqpool_hosts hosts;
    enum pqpool_answer answer;
    if (deadline_us == PQPOOL_NEVER) { // libpq does it alone: only then does it obey connect_timeout
        exchange.pgconn = PQconnectdbParams(target->keywords, target->values, 1);
        answer = PQstatus(exchange.pgconn) == CONNECTION_OK ? PQPOOL_ANSWER_OK : PQPOOL_ANSWER_DEAD;
        if (answer == PQPOOL_ANSWER_DEAD)
            pqpool_fail_libpq(error, PQPOOL_FAILURE_CONNECT, exchange.pgconn, NULL);
    } else {
        pqpool_hosts_init(&hosts, target);
        do {
            pqpool_finish(exchange.pgconn); // of the previous attempt
            answer = pqpool_connect_begin(&exchange, &hosts.target, error);
            answer = pqpool_exchange_finish(
                &exchange, answer, pqpool_hosts_share(&hosts, deadline_us), error);
        } while (answer == PQPOOL_ANSWER_EXPIRED && pqpool_hosts_drop(&hosts, exchange.pgconn));
        if (answer == PQPOOL_ANSWER_EXPIRED)
            pqpool_fail(error, PQPOOL_FAILURE_EXPIRED, "timeout expired while connecting");
    }
    *pgconn = exchange.pgconn;
    return answer;
}

enum pqpool_answer pqpool_ask(
    PGconn *pgconn, const char *statement, int64_t deadline_us, struct pqpool_error *error)
{
    struct pqpool_exchange exchange;
    struct pqpool_query query = {.text = statement};
    enum pqpool_answer answer = pqpool_ask_begin(&exchange, pgconn, &query, error);
    answer = pqpool_exchange_finish(&exchange, answer, deadline_us, error);
    if (answer == PQPOOL_ANSWER_EXPIRED)
        pqpool_fail(error, PQPOOL_FAILURE_EXPIRED, "timeout expired while waiting for %s", statement);
    pqpool_exchange_clear(&exchange);
    return answer;
}

void pqpool_finish(PGconn *pgconn)
{
    // PQfinish sends a Terminate message, and in blocking mode waits until that is sent. While an answer is
    // outstanding the socket's buffer may stay full for ever: after a shutdown the send fails at once.
    if (PQtransactionStatus(pgconn) != PQTRANS_IDLE && PQsocket(pgconn) >= 0)
        shutdown(PQsocket(pgconn), SHUT_RDWR);
    PQfinish(pgconn);
}
