// What a checkin cleans before the next caller gets the connection.
#include "pqpool_private.h"

void pqpool_reset(struct pqpool_connection *connection)
{
    struct pqpool_error ignored; // nobody waits for it: the reason of the close tells
    pqpool_lock_and_move(connection, PQPOOL_RESETTING, PQPOOL_IN_TRANSACTION);
    int64_t deadline_us = pqpool_deadline_after_ms(connection->pool->options.reset_timeout_ms);
    if (pqpool_ask(connection->pgconn, "ROLLBACK", deadline_us, &ignored) == PQPOOL_ANSWER_OK)
        pqpool_give_back(connection, PQPOOL_ROLLED_BACK);
    else
        pqpool_retire(connection, PQPOOL_RESET_FAILED);
}
