// Is the session over? From libpq's state, the server's SQLSTATE and the socket; never from a text, which
// changes with the language, the version and the cause.
#include "pqpool_exchange.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

bool pqpool_sqlstate_is_disconnect(const char *sqlstate)
{
    static const char *const states[] = {
        "57P01", // admin_shutdown: pg_terminate_backend, a fast stop
        "57P02", // crash_shutdown: another backend crashed
        "57P03", // cannot_connect_now: starting up, shutting down
        "57P04", // database_dropped
        "57P05", // idle_session_timeout
        "25P03", // idle_in_transaction_session_timeout
    };
    if (!sqlstate)
        return false;
    if (strncmp(sqlstate, "08", 2) == 0) // class 08: connection exception
        return true;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(sqlstate, states[i]) == 0)
            return true;
    return false;
}

bool pqpool_is_disconnect(const PGconn *pgconn, const PGresult *result)
{
    return PQstatus(pgconn) == CONNECTION_BAD ||
           pqpool_sqlstate_is_disconnect(PQresultErrorField(result, PG_DIAG_SQLSTATE));
}

bool pqpool_looks_dead(PGconn *pgconn)
{
    struct pollfd socket = {.fd = PQsocket(pgconn), .events = POLLIN | POLLRDHUP};
    if (PQstatus(pgconn) == CONNECTION_BAD || socket.fd < 0)
        return true;
    int ready;
    do {
        ready = poll(&socket, 1, 0);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return false; // nothing came: nothing is known
    if (socket.revents & (POLLERR | POLLHUP | POLLRDHUP | POLLNVAL))
        return true; // PostgreSQL never half-closes: a FIN is the end
    return !PQconsumeInput(pgconn) || PQstatus(pgconn) == CONNECTION_BAD; // a notice, or TLS's close_notify
}
