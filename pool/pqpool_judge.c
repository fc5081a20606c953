// What a place that was just taken needs before it can be handed out.
#include "pqpool_private.h"

void pqpool_judge(struct pqpool_connection *connection)
{
    const struct pqpool *pool = connection->pool;
    if (connection->state == PQPOOL_CLOSED)
        pqpool_move(connection, PQPOOL_CONNECTING, PQPOOL_CHECKOUT);
    else if (connection->serial <= pool->outdated)
        pqpool_move(connection, PQPOOL_CLOSING, PQPOOL_OUTDATED);
    else
        pqpool_move(
            connection, pool->options.pre_ping ? PQPOOL_PINGING : PQPOOL_CHECKED_OUT, PQPOOL_CHECKOUT);
}
