// What a failed call tells its caller.
#include "pqpool_base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool pqpool_fail(struct pqpool_error *error, enum pqpool_failure failure, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    // cppcheck-suppress ctuuninitvar ; it is written here, not read
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    for (size_t length = strlen(error->text); length > 0 && error->text[length - 1] == '\n'; length--)
        error->text[length - 1] = '\0';
    error->failure = failure;
    error->sqlstate[0] = '\0';
    error->in_doubt = false;
    return false;
}

bool pqpool_fail_libpq(
    struct pqpool_error *error, enum pqpool_failure failure, const PGconn *pgconn, const PGresult *result)
{
    const char *text = pgconn ? PQerrorMessage(pgconn) : "out of memory";
    pqpool_fail(error, failure, "%s", *text ? text : "libpq failed and gave no reason");
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(error->sqlstate, sizeof error->sqlstate, "%s", sqlstate ? sqlstate : "");
    return false;
}
