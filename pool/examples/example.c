// Asks a server for its version through a pool. usage: example CONNINFO
#include <pqpool.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    struct pqpool_options options = {.conninfo = argc > 1 ? argv[1] : "", .size = 4};
    options.hedge = true;               // a connection that died in silence costs no more than a new one
    options.ping_timeout_ms = 1000;     // so long it has a chance to answer after all
    options.checkout_timeout_ms = 2500; // and no checkout takes longer than this
    struct pqpool_error error;
    struct pqpool *pool = pqpool_new(&options, &error);
    // From here to the checkin, as many threads as you like.
    struct pqpool_connection *connection = pool ? pqpool_checkout(pool, &error) : NULL;
    if (!connection) {
        fprintf(stderr, "example: %s\n", error.text);
        pqpool_free(pool);
        return EXIT_FAILURE;
    }
    PGresult *result = PQexec(pqpool_pgconn(connection), "SELECT version()");
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK;
    puts(good ? PQgetvalue(result, 0, 0) : PQresultErrorMessage(result));
    PQclear(result);
    pqpool_checkin(connection); // rolls back what was left open, closes what is dead
    pqpool_free(pool);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
