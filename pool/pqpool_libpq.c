// Connecting, asking and closing through libpq's non-blocking calls, so that each can have a deadline.
#include "pqpool_private.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

// False: the deadline passed, or the socket cannot be waited for, which waiting longer would not mend.
static bool wait_for_socket(const PGconn *pgconn, short events, int64_t deadline_us)
{
    struct pollfd socket = {.fd = PQsocket(pgconn), .events = events};
    if (socket.fd < 0)
        return false;
    int ready;
    do {
        ready = poll(&socket, 1, pqpool_poll_timeout_ms(deadline_us));
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

// False: the deadline passed on the way.
static bool connect_until(PGconn *pgconn, int64_t deadline_us)
{
    PostgresPollingStatusType next = PQstatus(pgconn) == CONNECTION_BAD ? PGRES_POLLING_FAILED
                                                                        : PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
        if (!wait_for_socket(pgconn, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline_us))
            return false;
        next = PQconnectPoll(pgconn);
    }
    return true;
}

enum pqpool_answer pqpool_connect(
    const char *conninfo, int64_t deadline_us, PGconn **pgconn, struct pqpool_error *error)
{
    // Without a deadline libpq does it alone: only then does it obey conninfo's connect_timeout.
    bool alone = deadline_us == PQPOOL_NEVER;
    *pgconn = alone ? PQconnectdb(conninfo) : PQconnectStart(conninfo);
    if (!alone && *pgconn && !connect_until(*pgconn, deadline_us)) {
        pqpool_fail(error, PQPOOL_FAILURE_EXPIRED, "timeout expired while connecting");
        return PQPOOL_ANSWER_EXPIRED;
    }
    if (PQstatus(*pgconn) == CONNECTION_OK)
        return PQPOOL_ANSWER_OK;
    pqpool_fail_libpq(error, PQPOOL_FAILURE_CONNECT, *pgconn, NULL);
    return PQPOOL_ANSWER_DEAD;
}

// True: PQgetResult has something to say without waiting, be it that the connection is lost.
static bool wait_for_result(PGconn *pgconn, int64_t deadline_us)
{
    while (PQisBusy(pgconn)) {
        int unsent = PQflush(pgconn);
        if (unsent < 0)
            return true;
        if (!wait_for_socket(pgconn, unsent ? POLLIN | POLLOUT : POLLIN, deadline_us))
            return false;
        if (!PQconsumeInput(pgconn))
            return true;
    }
    return true;
}

static enum pqpool_answer judge(PGconn *pgconn, const PGresult *result, struct pqpool_error *error)
{
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    bool lost = PQstatus(pgconn) == CONNECTION_BAD;
    if (good && !lost && PQsetnonblocking(pgconn, 0) == 0)
        return PQPOOL_ANSWER_OK;
    pqpool_fail_libpq(error, lost ? PQPOOL_FAILURE_CONNECT : PQPOOL_FAILURE_SERVER, pgconn, result);
    return lost ? PQPOOL_ANSWER_DEAD : PQPOOL_ANSWER_ERROR;
}

enum pqpool_answer pqpool_ask(
    PGconn *pgconn, const char *statement, int64_t deadline_us, struct pqpool_error *error)
{
    // In blocking mode libpq would wait, as long as it takes, for room to send.
    if (PQsetnonblocking(pgconn, 1) != 0 || !PQsendQuery(pgconn, statement))
        return judge(pgconn, NULL, error);
    PGresult *last = NULL;
    for (;;) {
        if (!wait_for_result(pgconn, deadline_us)) {
            PQclear(last);
            pqpool_fail(error, PQPOOL_FAILURE_EXPIRED, "timeout expired while waiting for %s", statement);
            return PQPOOL_ANSWER_EXPIRED;
        }
        PGresult *result = PQgetResult(pgconn);
        if (!result)
            break;
        PQclear(last);
        last = result;
    }
    enum pqpool_answer answer = judge(pgconn, last, error);
    PQclear(last);
    return answer;
}

void pqpool_finish(PGconn *pgconn)
{
    // PQfinish says good-bye, and in blocking mode waits until that is sent. Where an answer is outstanding
    // the socket may be full for ever: shut down, it refuses the good-bye at once.
    if (PQtransactionStatus(pgconn) != PQTRANS_IDLE && PQsocket(pgconn) >= 0)
        shutdown(PQsocket(pgconn), SHUT_RDWR);
    PQfinish(pgconn);
}
