// The database's half of the ledger, read over the unix socket at the end of the cell.
#include "lab/ledger.h"

#include "contract/database.h"
#include "lab/server.h"

#include <libpq-fe.h>
#include <stdlib.h>

// The console is where the host looks for signs of life: the server has no say there.
static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context, (void)notice;
}

static PGresult *query(PGconn *connection, const char *sql, struct error *error)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return result;
    error_set(error, ERROR_LAB, "the ledger: %s", PQerrorMessage(connection));
    PQclear(result);
    return NULL;
}

static long long number_at(const PGresult *result, int row, int column)
{
    return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

static bool report_rows(struct lab *lab, PGconn *connection, struct error *error)
{
    PGresult *rows = query(
        connection, "SELECT key, count(*) FROM " DATABASE_LEDGER " GROUP BY key ORDER BY key", error);
    if (rows == NULL)
        return false;
    for (int i = 0; i < PQntuples(rows); i++)
        lab_event(lab, "row",
            json_pack("{s:s, s:I}", "key", PQgetvalue(rows, i, 0), "count", number_at(rows, i, 1)));
    PQclear(rows);
    return true;
}

static bool report_leaks(struct lab *lab, PGconn *connection, struct error *error)
{
    PGresult *leaked = query(
        connection, "SELECT count(*) FROM pg_stat_activity WHERE client_addr IS NOT NULL", error);
    if (leaked == NULL)
        return false;
    lab_event(lab, "leaked-backends", json_pack("{s:I}", "count", number_at(leaked, 0, 0)));
    PQclear(leaked);
    return true;
}

// NULL: `error` says why.
static PGconn *come_in(struct error *error)
{
    PGconn *connection = PQconnectdb(DATABASE_SUPERUSER_CONNINFO);
    PQsetNoticeReceiver(connection, ignore_notice, NULL);
    if (PQstatus(connection) == CONNECTION_OK)
        return connection;
    error_set(error, ERROR_LAB, "the ledger: %s", PQerrorMessage(connection));
    PQfinish(connection);
    return NULL;
}

bool lab_ledger_prove(struct error *error)
{
    PGconn *connection = come_in(error);
    PGresult *rows = connection == NULL ? NULL
                                        : query(connection, "SELECT count(*) FROM " DATABASE_LEDGER, error);
    bool proven = rows != NULL && (number_at(rows, 0, 0) == 0 ||
                                      error_set(error, ERROR_LAB, "the ledger is not empty at the start"));
    PQclear(rows);
    PQfinish(connection);
    return proven;
}

bool lab_ledger_make_keys_unique(struct error *error)
{
    PGconn *connection = come_in(error);
    PGresult *made = connection != NULL ? PQexec(connection, "CREATE UNIQUE INDEX ON public.blog_posts (key)")
                                        : NULL;
    bool good = PQresultStatus(made) == PGRES_COMMAND_OK;
    if (!good && connection != NULL)
        error_set(error, ERROR_LAB, "blog_posts: %s", PQerrorMessage(connection));
    PQclear(made);
    PQfinish(connection);
    return good;
}

bool lab_ledger_read(struct lab *lab, struct error *error)
{
    PGconn *connection = lab_server_await(lab, error) ? come_in(error) : NULL;
    bool read = connection != NULL && report_rows(lab, connection, error) &&
                report_leaks(lab, connection, error);
    PQfinish(connection);
    return read;
}
