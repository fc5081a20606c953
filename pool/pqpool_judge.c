// What a place that was just taken needs before it can be handed out.
#include "pqpool_private.h"

struct pqpool_step pqpool_judge(const struct pqpool_connection *connection)
{
    const struct pqpool *pool = connection->pool;
    if (connection->state == PQPOOL_CLOSED)
        return (struct pqpool_step){PQPOOL_CONNECTING, PQPOOL_CHECKOUT};
    if (connection->serial <= pool->outdated)
        return (struct pqpool_step){PQPOOL_CLOSING, PQPOOL_OUTDATED};
    return (struct pqpool_step){
        pool->options.pre_ping ? PQPOOL_PINGING : PQPOOL_CHECKED_OUT, PQPOOL_CHECKOUT};
}
