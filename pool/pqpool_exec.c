// One statement: checkout, run, checkin. A statement that may have been carried out is never sent again,
// unless the caller said that it is idempotent.
#include "pqpool_handle.h"
#include "pqpool_owner.h"

// Sends nothing to a session that is known to be dead: so nothing is lost.
static struct pqpool_place *check_out_alive(
    struct pqpool *pool, int64_t deadline_us, struct pqpool_error *error)
{
    struct pqpool_place *place;
    unsigned left = pool->place_count;
    while ((place = pqpool_checkout_until(pool, deadline_us, error)) && left-- > 0 &&
           pqpool_looks_dead(place->pgconn)) {
        if (pool->options.optimistic)
            pqpool_outdate_older(place);
        pqpool_retire(place, PQPOOL_FOUND_DEAD);
    }
    return place;
}

static enum pqpool_answer exec_once(struct pqpool *pool, const struct pqpool_query *query,
    int64_t deadline_us, struct pqpool_exchange *exchange, struct pqpool_error *error)
{
    *exchange = (struct pqpool_exchange){0};
    struct pqpool_place *place = check_out_alive(pool, deadline_us, error);
    if (!place)
        return PQPOOL_ANSWER_ERROR;
    enum pqpool_answer answer = pqpool_ask_begin(exchange, place->pgconn, query, error);
    answer = pqpool_exchange_finish(exchange, answer, deadline_us, error);
    if (answer == PQPOOL_ANSWER_EXPIRED)
        pqpool_fail(error, PQPOOL_FAILURE_EXPIRED, "timeout expired while waiting for the statement");
    else if (pqpool_is_copy(exchange->result))
        pqpool_fail(error, PQPOOL_FAILURE_USAGE, "pqpool_exec runs no COPY");
    pqpool_checkin(pqpool_hand_out(place)); // closes it where it was left in the middle of something
    return answer;
}

static bool exec_is_in_doubt(const struct pqpool_exchange *exchange, enum pqpool_answer answer)
{
    return exchange->sent && (answer == PQPOOL_ANSWER_DEAD || answer == PQPOOL_ANSWER_EXPIRED);
}

#define MOST_PARAMETERS 65535 // the protocol counts them in 16 bits

static bool exec_call_is_valid(const struct pqpool *pool, const struct pqpool_query *query, unsigned flags,
    int timeout_ms, struct pqpool_error *error)
{
    if (!pool)
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "there is no pool: NULL");
    if (!query->text)
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "there is no statement: NULL");
    if (query->parameters < 0 || query->parameters > MOST_PARAMETERS)
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "%d parameters: there must be 0 to %d",
            query->parameters, MOST_PARAMETERS);
    if (query->parameters > 0 && !query->values)
        return pqpool_fail(
            error, PQPOOL_FAILURE_USAGE, "%d parameters, and no values: NULL", query->parameters);
    if (flags & ~PQPOOL_IDEMPOTENT)
        return pqpool_fail(error, PQPOOL_FAILURE_USAGE, "unknown flags: 0x%x", flags & ~PQPOOL_IDEMPOTENT);
    return timeout_ms >= 0 || pqpool_fail(error, PQPOOL_FAILURE_USAGE, "a timeout is negative");
}

PGresult *pqpool_exec(struct pqpool *pool, const char *statement, int parameters, const char *const *values,
    unsigned flags, int timeout_ms, struct pqpool_error *error)
{
    const struct pqpool_query query = {.text = statement, .parameters = parameters, .values = values};
    struct pqpool_exchange exchange;
    struct pqpool_error unread;
    error = error ? error : &unread; // cppcheck-suppress uninitvar ; it is written to, not read
    if (!exec_call_is_valid(pool, &query, flags, timeout_ms, error))
        return NULL;
    int cancellable; // a thread cancelled while it waits for the answer would never give its connection back
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
    int64_t deadline_us = pqpool_deadline_after_ms(timeout_ms);
    enum pqpool_answer answer = exec_once(pool, &query, deadline_us, &exchange, error);
    bool in_doubt = exec_is_in_doubt(&exchange, answer);
    if (answer == PQPOOL_ANSWER_DEAD && flags & PQPOOL_IDEMPOTENT) {
        pqpool_exchange_clear(&exchange);
        answer = exec_once(pool, &query, deadline_us, &exchange, error);
        in_doubt = in_doubt || exec_is_in_doubt(&exchange, answer);
    }
    pthread_setcancelstate(cancellable, &cancellable);
    if (answer == PQPOOL_ANSWER_OK)
        return exchange.result;
    error->in_doubt = in_doubt;
    pqpool_exchange_clear(&exchange);
    return NULL;
}
