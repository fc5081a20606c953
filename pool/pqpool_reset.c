// What a checkin does with a connection before the next caller gets it.
#include "pqpool_owner.h"

static enum pqpool_answer run_reset_statement(
    struct pqpool_place *place, const char *statement, int64_t deadline_us)
{
    struct pqpool_error ignored; // nobody reads it: the reason of the move tells
    return pqpool_ask(place->pgconn, statement, deadline_us, &ignored);
}

static enum pqpool_reason reset_session(struct pqpool_place *place, bool in_transaction)
{
    const struct pqpool_options *options = &place->pool->options;
    int64_t deadline_us = pqpool_deadline_after_ms(options->reset_timeout_ms);
    pqpool_lock_and_move(place, PQPOOL_RESETTING, in_transaction ? PQPOOL_IN_TRANSACTION : PQPOOL_CHECKIN);
    if (in_transaction && run_reset_statement(place, "ROLLBACK", deadline_us) != PQPOOL_ANSWER_OK)
        return PQPOOL_RESET_FAILED;
    if (!options->reset_query)
        return PQPOOL_ROLLED_BACK;
    bool done = run_reset_statement(place, options->reset_query, deadline_us) == PQPOOL_ANSWER_OK &&
                PQtransactionStatus(place->pgconn) == PQTRANS_IDLE;
    return done ? PQPOOL_RESET_DONE : PQPOOL_RESET_FAILED;
}

bool pqpool_is_clean(const struct pqpool_place *place)
{
    const PGconn *pgconn = place->pgconn;
    return PQtransactionStatus(pgconn) == PQTRANS_IDLE && PQpipelineStatus(pgconn) == PQ_PIPELINE_OFF &&
           !PQisnonblocking(pgconn) && !place->pool->options.reset_query;
}

void pqpool_note_use(struct pqpool_place *place)
{
    atomic_store_explicit(&place->used_us, pqpool_time_of_use_us(place->pool), memory_order_relaxed);
}

enum pqpool_reason pqpool_clean(struct pqpool_place *place)
{
    const PGconn *pgconn = place->pgconn;
    const struct pqpool_options *options = &place->pool->options;
    PGTransactionStatusType transaction = PQtransactionStatus(pgconn);
    if (transaction == PQTRANS_UNKNOWN) { // the connection is bad
        if (options->optimistic)
            pqpool_outdate_older(place);
        return PQPOOL_BROKEN;
    }
    if (transaction == PQTRANS_ACTIVE || PQpipelineStatus(pgconn) != PQ_PIPELINE_OFF ||
        PQisnonblocking(pgconn))
        return PQPOOL_UNCLEAN;
    enum pqpool_reason reason = PQPOOL_CHECKIN;
    if (transaction != PQTRANS_IDLE || options->reset_query) {
        int cancellable;
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
        reason = reset_session(place, transaction != PQTRANS_IDLE);
        pthread_setcancelstate(cancellable, &cancellable);
    }
    if (place->pool->keeps_time)
        pqpool_note_use(place);
    return reason;
}
