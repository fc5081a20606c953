// Eight threads share four connections. usage: example CONNINFO
#include <pqpool.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void *work(void *pool)
{
    struct pqpool_error error;
    struct pqpool_connection *connection = pqpool_checkout(pool, &error);
    if (!connection) {
        fprintf(stderr, "checkout: %s\n", error.text);
        return NULL;
    }
    PGresult *result = PQexec(pqpool_pgconn(connection), "SELECT 'backend ' || pg_backend_pid()");
    puts(PQresultStatus(result) == PGRES_TUPLES_OK ? PQgetvalue(result, 0, 0) : PQresultErrorMessage(result));
    PQclear(result);
    pqpool_checkin(connection); // an open transaction would be rolled back, a dead connection replaced
    return NULL;
}

int main(int argc, char **argv)
{
    struct pqpool_options options = {.conninfo = argc > 1 ? argv[1] : "",
        .size = 4,
        .pre_ping = true,
        .ping_timeout_ms = 1000,
        .checkout_timeout_ms = 2500};
    struct pqpool_error error;
    struct pqpool *pool = pqpool_new(&options, &error);
    if (!pool) {
        fprintf(stderr, "example: %s\n", error.text);
        return EXIT_FAILURE;
    }
    pthread_t threads[8];
    int started = 0;
    while (started < 8 && pthread_create(&threads[started], NULL, work, pool) == 0)
        started++;
    while (started > 0)
        pthread_join(threads[--started], NULL);
    pqpool_free(pool);
    return EXIT_SUCCESS;
}
